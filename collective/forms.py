"""Shape of input of the secretariat's own pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.address_field import AddressField
from programs.models import Role

INVITED_HERE = (Role.OFFICE, Role.CITY, Role.PROVIDER_ADMIN, Role.COUNTER)


class InviteForm(forms.Form):
    """Whom, to what. School people need their school or classroom; families are invited with their application."""

    email = AddressField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in INVITED_HERE])
    place = forms.ChoiceField(
        label=_("School or classroom"), required=False, help_text=_("Only for people of schools.")
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "—"), *places]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Each role with the kind of place that goes with it."""
        cleaned: dict[str, Any] = super().clean() or {}
        role, kind = cleaned.get("role"), cleaned.get("place", "").partition(":")[0]
        wanted = {"provider_admin": "provider", "counter": "classroom"}.get(role or "", "")
        if role and "place" in cleaned and kind != wanted:
            words = {
                "provider": _("Choose the school that this person runs."),
                "classroom": _("Choose the classroom at whose counter this person works."),
                "": _("This role goes without a school. Leave the choice empty."),
            }
            self.add_error("place", words[wanted])
        return cleaned

    def about(self) -> dict[str, Any]:
        """What the floor of schools ties to the new member."""
        kind, _colon, pk = self.cleaned_data["place"].partition(":")
        if kind == "provider":
            return {"kind": "provider_owner", "provider_id": int(pk)}
        return {"kind": "classroom_staff", "classroom_id": int(pk)} if kind else {}


class AgainForm(forms.Form):
    """Why mails go to an address again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For example: corrected on the phone. It stays in the record."),
        error_messages={"required": _("Please write down the reason in a few words.")},
    )
