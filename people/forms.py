"""Shape of input; the rules stand in the verbs."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.models import User


class JoinForm(forms.Form):
    """What an invited person fills in: nothing, or a name and a password for staff."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    password = forms.CharField(
        label=_("New password"),
        help_text=_("15 characters or more. A few words in a row are easy to keep in mind."),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("The same password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, with_name: bool, with_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        if not with_name:
            del self.fields["name"]
        if not with_password:
            del self.fields["password"], self.fields["repeated"]

    def clean_password(self) -> str:
        """Long enough, not a common one, not like the address."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    def clean_repeated(self) -> str:
        """Typed the same twice."""
        repeated: str = self.cleaned_data["repeated"]
        if "password" in self.cleaned_data and repeated != self.cleaned_data["password"]:
            raise ValidationError(_("The two passwords are not the same."))
        return repeated
