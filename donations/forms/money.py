"""What the secretariat types about money by hand and the bank. Shape only; the rules live in the verbs."""

import base64
import binascii
import zlib
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Campaign, OfflineGift, Organisation, ReceivingAccount, SponsorFund
from donations.read_statement import LARGEST_BYTES
from kernel.address_field import AddressField
from kernel.japanese import plain, typed_number

MOST_YEN = 2_000_000_000
MOST_PACKED = 900_000  # what a page may carry back


class YenField(forms.IntegerField):
    """Whole yen as people type them: １２，０００円 is 12000. A text input, for number inputs refuse that."""

    default_error_messages: ClassVar = {"invalid": _("Please type the amount in digits, for example 12000.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "16"})
        super().__init__(min_value=1, max_value=MOST_YEN, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(typed_number(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    """A day, by the browser's own field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class OfflineGiftForm(forms.Form):
    """One gift that came by hand."""

    campaign: "forms.ModelChoiceField[Campaign]" = forms.ModelChoiceField(
        None, label=_("Campaign"), empty_label=None
    )
    way = forms.ChoiceField(label=_("How it came"), choices=OfflineGift.WAYS)
    amount_yen = YenField(label=_("Amount"))
    received_on = DayField(label=_("Day on which the money came"))
    donor_name = forms.CharField(
        label=_("Donor's name"),
        required=False,
        max_length=80,
        help_text=_("For the receipt. It is not shown to anyone."),
    )
    email = AddressField(label=_("E-mail address"), required=False, help_text=_("Thanks are sent there."))
    reference = forms.CharField(
        label=_("Where it is written down"),
        required=False,
        max_length=120,
        help_text=_("For example the page of the cash book, or the number of the letter."),
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened = Campaign.objects.exclude(fund=None).order_by("-last_day", "-id")
        self.fields["campaign"].queryset = opened  # type: ignore[attr-defined]


class ReserveForm(forms.Form):
    """How much goes from running costs into the loss reserve, and why."""

    amount_yen = YenField(label=_("Amount"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """Why something is not booked or not ours."""

    words = forms.CharField(label=_("Reason"), max_length=200)


class OfOrganisation(forms.Form):
    """A form about one of the program's organisations."""

    organisation: "forms.ModelChoiceField[Organisation]" = forms.ModelChoiceField(
        None, label=_("Organisation"), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.order_by("id")  # type: ignore[attr-defined]


class SponsorFundForm(OfOrganisation):
    """A fund's name and conditions."""

    name = forms.CharField(label=_("Name of the fund"), max_length=80)
    conditions = forms.CharField(
        label=_("Conditions in words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: for junior high school pupils of one town."),
    )
    is_public = forms.BooleanField(label=_("Show the name and the conditions to everyone"), required=False)


class CompanyGiftForm(forms.Form):
    """What a company promised."""

    fund: "forms.ModelChoiceField[SponsorFund]" = forms.ModelChoiceField(
        None, label=_("Sponsor fund"), empty_label=None
    )
    company = forms.CharField(label=_("Company"), max_length=80)
    address = forms.CharField(label=_("Address of the company"), required=False, max_length=200)
    payer_kana = forms.CharField(
        label=_("Name on the bank statement, in kana"),
        required=False,
        max_length=60,
        help_text=_("The bank line is found by it. For example: ｶ)ｱｵｿﾞﾗ"),
    )
    amount_yen = YenField(label=_("Amount"))
    promised_on = DayField(label=_("Day of the promise"))
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = SponsorFund.objects.order_by("name")  # type: ignore[attr-defined]


class InvoiceForm(forms.Form):
    """The days of an invoice."""

    issued_on = DayField(label=_("Day of issue"))
    due_on = DayField(label=_("Pay by"))

    def clean(self) -> dict[str, Any]:
        """The last day to pay is not before the day of issue."""
        cleaned: dict[str, Any] = super().clean() or {}
        if len(cleaned) == 2 and cleaned["due_on"] < cleaned["issued_on"]:
            self.add_error("due_on", _("This day lies before the day of issue."))
        return cleaned


class ReceivingAccountForm(OfOrganisation):
    """The account that invoices name."""

    bank_name = forms.CharField(label=_("Bank"), max_length=40)
    branch_name = forms.CharField(label=_("Branch"), max_length=40)
    sort = forms.ChoiceField(label=_("Kind of account"), choices=ReceivingAccount.Sort.choices)
    number = forms.CharField(label=_("Account number"), max_length=12, help_text=_("Seven digits."))
    holder = forms.CharField(label=_("Account holder, as the bank writes it"), max_length=60)

    def clean_number(self) -> str:
        """Seven digits; full-width ones are understood, and a short number gets zeros in front."""
        number = plain(self.cleaned_data["number"]).replace("-", "")
        if not (number.isascii() and number.isdigit() and len(number) <= 7):
            raise forms.ValidationError(_("Please type the seven digits of the account number."))
        return number.zfill(7)


class GrantForm(OfOrganisation):
    """A signed promise."""

    funder = forms.CharField(label=_("Who gives the grant"), max_length=80)
    amount_yen = YenField(label=_("Promised amount"))
    promised_on = DayField(label=_("Day of the decision"))
    document = forms.CharField(
        label=_("Signed paper"), max_length=120, help_text=_("Its number, or where it lies.")
    )
    payer_kana = forms.CharField(
        label=_("Name on the bank statement, in kana"), required=False, max_length=60
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class StatementForm(OfOrganisation):
    """A bank's file, to be looked at first."""

    statement = forms.FileField(
        label=_("File of the bank"), help_text=_("Zengin file (200 bytes a record) or CSV, up to 2 MB.")
    )

    def packed(self) -> str:
        """The file as the page carries it back: nothing is kept before somebody said yes."""
        content = self.cleaned_data["statement"].read(LARGEST_BYTES + 1)
        return base64.b64encode(zlib.compress(content, 9)).decode()

    def clean_statement(self) -> Any:
        """Not larger than what is read."""
        uploaded = self.cleaned_data["statement"]
        if uploaded.size > LARGEST_BYTES:
            raise forms.ValidationError(_("It is larger than 2 MB. Ask the bank for a shorter period."))
        return uploaded


class PackedForm(OfOrganisation):
    """The same file again, from the page that showed what it does."""

    packed = forms.CharField(max_length=MOST_PACKED, widget=forms.HiddenInput)

    def clean_packed(self) -> bytes:
        """The file's bytes, never more than what is read."""
        try:
            opened = zlib.decompressobj()
            return opened.decompress(base64.b64decode(self.cleaned_data["packed"]), LARGEST_BYTES + 1)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise forms.ValidationError(_("Choose the file of the bank again.")) from error
