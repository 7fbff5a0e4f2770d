"""Money that does not come through Stripe: gifts noted by hand, sponsors' funds, company gifts and invoices."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.campaign import Campaign
from donations.models.gift import Donation
from donations.models.organisation import Organisation
from kernel.clock import now
from ledger.models import Account
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


class OfflineGift(ProgramScoped):
    """A gift that somebody handed over or sent to the bank. waiting -> approved | rejected.

    One person notes it, another approves it; only then there is a Donation and money moves.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        APPROVED = "approved", _("Booked")
        REJECTED = "rejected", _("Not booked")

    WAYS: ClassVar = [(way.value, way.label) for way in Donation.BY_HAND]

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="offline_gifts")
    amount_yen = models.PositiveIntegerField()
    received_on = models.DateField()
    way = models.CharField(max_length=10, choices=WAYS)
    donor_name = models.CharField(max_length=80, blank=True)  # for the receipt; never shown in public
    email = models.EmailField(blank=True)  # lower case
    reference = models.CharField(max_length=120, blank=True)  # cash book page, bank line, the city's letter
    request_key = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    noted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)  # why it was not booked
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="offline_gift_request_once"),
            UniqueConstraint(
                fields=["program", "donation"],
                condition=Q(donation__isnull=False),
                name="offline_gift_booked_once",
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="offline_gift_amount_above_zero"),
            CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, donation__isnull=True)
                | Q(state="approved", decided_by__isnull=False, donation__isnull=False)
                | Q(state="rejected", decided_by__isnull=False, donation__isnull=True),
                name="offline_gift_state_fits",
            ),
            CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("noted_by")),
                name="offline_gift_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"offline_gift:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == self.State.WAITING


class ReceivingAccount(AppendOnly):
    """The bank account that an organisation prints on its invoices. The newest row is in force."""

    class Sort(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary account")
        CURRENT = "current", _("Current account")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    bank_name = models.CharField(max_length=40)
    branch_name = models.CharField(max_length=40)
    sort = models.CharField(max_length=10, choices=Sort)
    number = models.CharField(max_length=7)
    holder = models.CharField(max_length=60)  # as the bank writes it
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(number__regex=r"^\d{7}$"), name="receiving_account_number_7_digits")
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.branch_name} {self.get_sort_display()} {self.number} {self.holder}"


class SponsorFund(ProgramScoped):
    """A fund with a sponsor's name and its conditions in words, for example for pupils of one town."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sponsor_funds")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    conditions = models.TextField(blank=True)  # for whom; plain paragraphs
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "account"], name="sponsor_fund_one_per_account"),
            UniqueConstraint(fields=["program", "name"], name="sponsor_fund_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyGift(ProgramScoped):
    """A company's gift by bank transfer. promised -> invoiced -> received, or cancelled before that."""

    class State(models.TextChoices):
        PROMISED = "promised", _("Promised")
        INVOICED = "invoiced", _("Invoice sent")
        RECEIVED = "received", _("Money came")
        CANCELLED = "cancelled", _("Called off")

    OPEN: ClassVar = (State.PROMISED, State.INVOICED)

    fund = models.ForeignKey(SponsorFund, on_delete=models.PROTECT, related_name="gifts")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    company = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    payer_kana = models.CharField(max_length=60, blank=True)  # how the bank will write it
    amount_yen = models.PositiveBigIntegerField()
    promised_on = models.DateField()
    received_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROMISED)
    undone_times = models.PositiveSmallIntegerField(default=0)  # how often a wrong bank line was taken back
    request_key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="company_gift_request_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="company_gift_amount_above_zero"),
            CheckConstraint(
                condition=Q(state="received", received_on__isnull=False)
                | Q(state__in=["promised", "invoiced", "cancelled"], received_on__isnull=True),
                name="company_gift_state_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"company_gift:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the money is still awaited."""
        return self.state in self.OPEN


class Invoice(AppendOnly):
    """What was asked of a company, word for word as on the paper. Numbers have no gaps."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    gift = models.ForeignKey(CompanyGift, on_delete=models.PROTECT, related_name="invoices")
    year = models.PositiveSmallIntegerField()  # fiscal year of the day of issue
    serial = models.PositiveIntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    amount_yen = models.PositiveBigIntegerField()
    company = models.CharField(max_length=80)
    company_address = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=80)  # the sponsor fund's name
    issuer = models.CharField(max_length=130)
    issuer_address = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(ReceivingAccount, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["program", "organisation", "year", "serial"], name="invoice_number_once"
            ),
            UniqueConstraint(fields=["program", "gift"], name="invoice_one_per_gift"),
            CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """'2026-0007': the fiscal year and the number in it."""
        return f"{self.year}-{self.serial:04d}"
