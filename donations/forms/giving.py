"""What a donor types. Shape only; what a campaign takes is decided in donations/give.py."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.errors import AmountOutOfBounds, WayNotOffered
from donations.give import Donor
from donations.models import Campaign, Donation
from donations.ways import ways_of
from kernel.address_field import AddressField
from kernel.clock import month_after, today
from kernel.japanese import typed_number
from kernel.yen import written_yen

OWN = "own"
ONCE, MONTHLY = "once", "monthly"


class GiveForm(forms.Form):
    """One gift, or one of every month: how much, by which way, who, and the agreement."""

    rhythm = forms.ChoiceField(
        label=_("How often?"),
        choices=[(ONCE, _("Once")), (MONTHLY, _("Every month"))],
        widget=forms.RadioSelect,
    )
    amount_choice = forms.CharField(label=_("Amount"), required=False, max_length=12)
    amount_own = forms.CharField(label=_("Another amount"), required=False, max_length=30)
    method = forms.ChoiceField(
        label=_("How would you like to pay?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": WayNotOffered.words},
    )
    email = AddressField(
        label=_("E-mail address"),
        max_length=200,
        help_text=_("We send the confirmation there. It is not shown to anyone."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    public_name = forms.CharField(
        label=_("Name shown on this page"),
        required=False,
        max_length=40,
        help_text=_("A nickname is fine. Leave it empty to stay unnamed."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    is_anonymous = forms.BooleanField(label=_("Do not show a name"), required=False)
    agreed = forms.BooleanField(
        label=_("I have read the gift agreement and agree to it"),
        error_messages={"required": _("Please read the gift agreement and agree to it.")},
    )
    agreement_version = forms.CharField(widget=forms.HiddenInput, max_length=20)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.ways = ways_of(campaign)
        if not campaign.takes_monthly:
            del self.fields["rhythm"]
        self.fields["method"].required = len(self.ways) > 1 and not self.is_monthly
        self.fields["method"].choices = [(way.method.value, way.words) for way in self.ways]  # type: ignore[attr-defined]

    @property
    def is_monthly(self) -> bool:
        """Whether every month was chosen; never before a person did."""
        return "rhythm" in self.fields and self.data.get("rhythm") == MONTHLY

    @property
    def next_month(self) -> date:
        """When a monthly gift that begins today is charged next."""
        return month_after(today())

    def clean(self) -> dict[str, Any]:
        """Adds amount_yen: '１０，０００円' and 10,000 are the same amount."""
        cleaned = super().clean() or {}
        typed = typed_number(cleaned.get("amount_own") or "")
        chosen = cleaned.get("amount_choice") or ""
        if typed and chosen not in ("", OWN, typed):
            # Without JavaScript a preset may still be chosen: never guess about money.
            self.add_error(
                "amount_choice",
                _(
                    "You chose one amount and typed another. Please choose “Another amount”, or empty the field."
                ),
            )
            return cleaned
        self._clean_amount(cleaned, typed or chosen)
        return cleaned

    def _clean_amount(self, cleaned: dict[str, Any], amount: str) -> None:
        if not (amount.isascii() and amount.isdigit()):
            self.add_error(
                "amount_choice", _("Please choose an amount or type it in digits, for example 10000.")
            )
        elif not self.campaign.minimum_yen <= int(amount) <= self.campaign.maximum_yen:
            bounds = AmountOutOfBounds(
                least=written_yen(self.campaign.minimum_yen), most=written_yen(self.campaign.maximum_yen)
            )
            self.add_error("amount_choice", str(bounds))
        else:
            cleaned["amount_yen"] = int(amount)
            self._check_way(cleaned)

    def _check_way(self, cleaned: dict[str, Any]) -> None:
        """A shop takes no more than 300,000 yen; said beside the choice, with the bounds."""
        chosen = (not self.is_monthly and cleaned.get("method")) or Donation.Method.CARD
        way = next((way for way in self.ways if way.method == chosen), None)
        if way and not way.least_yen <= cleaned["amount_yen"] <= way.most_yen:
            least, most = (
                max(way.least_yen, self.campaign.minimum_yen),
                min(way.most_yen, self.campaign.maximum_yen),
            )
            words = _("This way takes from %(least)s to %(most)s yen. Choose another way or another amount.")
            self.add_error("method", words % {"least": written_yen(least), "most": written_yen(most)})

    def donor(self, language: str) -> Donor:
        """The donor of a valid form."""
        said = self.cleaned_data
        return Donor(
            email=said["email"],
            public_name=said["public_name"],
            is_anonymous=said["is_anonymous"] or not said["public_name"],
            agreement_version=said["agreement_version"],
            language=language,
            # A monthly gift is by card; the form says so and hides the other ways.
            method=(not self.is_monthly and said["method"]) or Donation.Method.CARD,
        )


class MonthlyAmountForm(forms.Form):
    """Another amount for a monthly gift."""

    amount = forms.CharField(
        label=_("New amount each month"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean_amount(self) -> int:
        """'３，０００円' and 3000 are the same."""
        typed = typed_number(self.cleaned_data["amount"])
        if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
            raise forms.ValidationError(_("Please type the amount in digits, for example 3000."))
        least, most = self.campaign.minimum_yen, self.campaign.maximum_yen
        if not least <= int(typed) <= most:
            raise forms.ValidationError(
                str(AmountOutOfBounds(least=written_yen(least), most=written_yen(most)))
            )
        return int(typed)
