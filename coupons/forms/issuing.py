"""What the secretariat types. Shape only; the money rules live in the verbs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coupons.errors import ApplicationUnknown, NothingChosen
from coupons.queries import Fund
from kernel.templatetags.look import yen


class ChosenForm(forms.Form):
    """Children (or all that wait) and the fund for their coupons."""

    fund = forms.ChoiceField(
        label=_("Fund to issue from"), error_messages={"invalid_choice": _("Choose a fund from the list.")}
    )
    application = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": ApplicationUnknown.words}
    )
    all = forms.BooleanField(required=False)
    # How many the person saw on the page that asked for a yes; empty while choosing.
    count = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, funds: list[Fund], waiting: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        choices = [(str(fund.account.pk), f"{fund.account.label}: {yen(fund.held_yen)}") for fund in funds]
        self.fields["fund"].choices = choices  # type: ignore[attr-defined]
        self.fields["application"].choices = [(str(pk), str(pk)) for pk in waiting]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody is chosen, and as many as the person said yes to."""
        cleaned = super().clean() or {}
        if "application" in cleaned:
            ids = self.waiting if cleaned.get("all") else [int(pk) for pk in cleaned["application"]]
            cleaned["ids"] = ids
            if not ids:
                self.add_error("application", NothingChosen.words)
            elif cleaned.get("count") not in (None, len(ids)):
                self.add_error("application", ApplicationUnknown.words)
        return cleaned


class ReasonForm(forms.Form):
    """Why a use is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The family and the school may ask for it. Do not write names."),
    )
