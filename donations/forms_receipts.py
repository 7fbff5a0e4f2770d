"""What donors and the secretariat type about receipts. Shape only; the rules live in the verbs."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.errors import LegalFormDiffers
from donations.models import Addressee, LegalForm, Organisation
from donations.set_receipt_words import STATED, check_legal_form
from kernel.japanese import DASHES, plain

ALWAYS_NEEDED = ("receipt_address", "representative")
CERTIFIED_NEED = ("certification_number", "certified_on", "certified_from")


class PlainLine(forms.CharField):
    """One line as a person writes it, rare characters untouched: no NFKC, or 﨑 would become 崎."""

    def to_python(self, value: Any) -> str:
        return "".join(
            c for c in str(super().to_python(value)) if not unicodedata.category(c).startswith("C")
        )


class ReceiptAskForm(forms.Form):
    """Who the receipt is for."""

    name = PlainLine(
        label=_("Full name, as in your papers"),
        max_length=80,
        help_text=_("It stands on the receipt. It is not shown on any page."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    address = PlainLine(
        label=_("Address"),
        max_length=200,
        help_text=_("From the prefecture to the number of the house or flat."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def clean_postal_code(self) -> str:
        """'１５０ー０００１' -> '150-0001'."""
        digits = re.sub(r"[-\s〒]", "", DASHES.sub("", plain(self.cleaned_data["postal_code"])))
        if not (digits.isascii() and digits.isdigit() and len(digits) == 7):
            raise forms.ValidationError(_("Please type the seven digits, for example 150-0001."))
        return f"{digits[:3]}-{digits[3:]}"

    def addressee(self) -> Addressee:
        """Of a valid form."""
        said = self.cleaned_data
        return Addressee(said["name"], said["postal_code"], said["address"])


class ReceiptSettingsForm(forms.ModelForm):
    """What receipts state about the organisation."""

    class Meta:
        model = Organisation
        fields = STATED
        widgets = {
            "receipt_address": forms.Textarea(attrs={"rows": 3}),
            "certified_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "certified_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "certified_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "legal_form": forms.RadioSelect,
            "receipt_date_policy": forms.RadioSelect,
        }
        labels = {
            "legal_form": _("Legal form"),
            "legal_form_words": _("Legal form, as it is written"),
            "receipt_address": _("Address on receipts"),
            "representative": _("Title and name of the representative"),
            "certification_number": _("Number of the certification"),
            "certified_on": _("Day of the certification"),
            "certified_from": _("Valid from"),
            "certified_until": _("Valid until"),
            "local_tax": _("Local taxes that it counts for"),
            "receipt_date_policy": _("Day on receipts"),
        }
        help_texts = {
            "legal_form": _("It decides which paragraph of the tax law the receipt names."),
            "legal_form_words": _("Empty: the usual words of the legal form above."),
            "receipt_address": _("As the tax office knows it."),
            "certified_until": _("This day counts. Empty: without an end."),
            "local_tax": _("For example: designated by Tokyo and Shibuya City."),
            "receipt_date_policy": _(
                "Use the same in the list of donors and in the accounts. It matters at the turn of the year."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What the chosen form needs is required: only the rest says that it may be left out."""
        super().__init__(*args, **kwargs)
        form = self.data.get("legal_form") if self.is_bound else self.instance.legal_form
        is_certified = form in LegalForm.values and form != LegalForm.NONE
        for name in ALWAYS_NEEDED:
            self.fields[name].required = True
        for name in CERTIFIED_NEED:
            self.fields[name].required = is_certified

    def clean(self) -> dict[str, Any]:
        """The period runs forward and has a beginning when it has an end; the words fit the form."""
        cleaned = super().clean() or {}
        if cleaned.get("legal_form"):
            try:
                check_legal_form(cleaned["legal_form"], cleaned.get("legal_form_words", ""))
            except LegalFormDiffers as refusal:
                self.add_error("legal_form_words", str(refusal))
        start, end = cleaned.get("certified_from"), cleaned.get("certified_until")
        if end and (not start or end < start):
            self.add_error("certified_until", _("The last day must not be before the first."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # The verb writes and the database checks; `full_clean` would ask the database for each constraint.
        return {field.name for field in Organisation._meta.fields}


class WhyForm(forms.Form):
    """Why a receipt is copied or cancelled."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stays in the records. Do not write names.")
    )
    is_replaced = forms.BooleanField(
        label=_("Issue a new receipt for what is left of the gifts"), required=False
    )


class DonorListForm(forms.Form):
    """Which organisation's list, of which fiscal year."""

    organisation: Any = forms.ModelChoiceField(label=_("Organisation"), queryset=None, empty_label=None)
    year = forms.TypedChoiceField(label=_("Fiscal year"), coerce=int)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            (year, _("%(year)s (1 April %(year)s to 31 March %(next)s)") % {"year": year, "next": year + 1})
            for year in years
        ]
