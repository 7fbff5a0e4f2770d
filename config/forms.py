"""allauth's forms, for keyboards that give full-width digits: '１２３４' is read as '1234'."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm

from kernel.japanese import plain


class TypedCode:
    """Brings the typed code to plain characters before it is compared."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> Any:
        """As allauth does it, on plain characters."""
        self.cleaned_data["code"] = plain(self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc]


class MailedCode(TypedCode, ConfirmLoginCodeForm):
    """The code of a mail."""


class AppCode(TypedCode, AuthenticateForm):
    """The code of an app, while signing in."""


class AppCodeAgain(TypedCode, ReauthenticateForm):
    """The code of an app, in an open session."""


class FirstAppCode(TypedCode, ActivateTOTPForm):
    """The code that proves that the app was set up."""
