"""What the secretariat types about money after a gift. Shape only; the rules live in the verbs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.errors import NotRefundable
from donations.ways import WAYS
from kernel.japanese import plain, typed_number
from kernel.yen import written_yen


class SearchForm(forms.Form):
    """One field for all: gift number, e-mail address, name shown, Stripe's number."""

    q = forms.CharField(
        label=_("Gift number, e-mail address or name"), required=False, max_length=120, strip=True
    )

    def clean_q(self) -> str:
        """Full-width letters and digits are understood."""
        return plain(self.cleaned_data["q"])


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount = forms.CharField(
        label=_("Amount to pay back (yen)"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stays in the record. The donor does not see it."),
        error_messages={"required": _("Please write down the reason in a few words.")},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, most_yen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_yen = most_yen

    def clean_amount(self) -> int:
        """'４，０００円' and 4000 are the same."""
        typed = typed_number(self.cleaned_data["amount"])
        amount_yen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0
        if not 0 < amount_yen <= self.most_yen:
            raise forms.ValidationError(str(NotRefundable(most=written_yen(self.most_yen))))
        return amount_yen


class RefundLimitForm(forms.Form):
    """Up to which amount one person alone pays back; 0 wants two people for every refund."""

    limit_yen = forms.CharField(
        label=_("Largest refund that one person makes alone (yen)"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_(
            "Above it, another person approves; all that one person pays back alone on a day counts together."
            " A raise holds for the others, not for who made it."
        ),
    )

    def clean_limit_yen(self) -> int:
        """'５０，０００円' and 50000 are the same."""
        typed = typed_number(self.cleaned_data["limit_yen"])
        if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
            raise forms.ValidationError(_("Please type the amount in digits, for example 12000."))
        return int(typed)


class WaysForm(forms.Form):
    """The ways to pay that an organisation has switched on at Stripe."""

    ways = forms.MultipleChoiceField(
        label=_("Ways to pay"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(way.method.value, way.words) for way in WAYS[1:]],
    )


class AnswerForm(forms.Form):
    """What was done about a question."""

    words = forms.CharField(
        label=_("What was done about it"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: paid back by bank on 3 March, or: belongs to another website. No names."),
        error_messages={"required": _("Please write down what was done, in a few words.")},
    )
