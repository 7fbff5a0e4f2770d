"""How people get an account: by invitation or by their first mailed code, never by a form of ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers by themselves: families are invited, donors get an account with a gift."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the page that knows where this person can go."""
        return "/start/"

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Kept as allauth does it; no username here."""
        return super().save_user(request, user, form, commit)
