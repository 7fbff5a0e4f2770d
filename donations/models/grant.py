"""Money of cities and sponsors."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.clock import now
from ledger.models import Account
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


class Grant(ProgramScoped):
    """Money of a city or a sponsor: promised in writing and paid in parts, or just come by bank.

    A promise is booked (receivable -> fund) where the year's rules allow coupons from it; otherwise it is
    only noted, and each part goes bank -> fund. promised -> received when all of it has come.
    """

    class State(models.TextChoices):
        PROMISED = "promised", _("Promised")
        RECEIVED = "received", _("Money came")

    funder = models.CharField(max_length=80)
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_yen = models.PositiveBigIntegerField()  # what has come so far
    received_on = models.DateField(null=True)  # the last day on which money came
    note = models.CharField(max_length=200, blank=True)  # where it is written down: letter, bank line
    request_key = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    promised_on = models.DateField(null=True)  # empty: never promised, just received
    promised_yen = models.PositiveBigIntegerField(default=0)
    document = models.CharField(max_length=120, blank=True)  # the signed paper: its number or file
    payer_kana = models.CharField(max_length=60, blank=True)  # how the bank will write the funder
    receivable = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="grant_request_once"),
            UniqueConstraint(
                fields=["program", "receivable"],
                condition=Q(receivable__isnull=False),
                name="grant_one_per_receivable",
            ),
            CheckConstraint(
                condition=Q(promised_on__isnull=True, receivable__isnull=True, amount_yen__gt=0)
                | Q(promised_on__isnull=False, promised_yen__gt=0, amount_yen__lte=F("promised_yen")),
                name="grant_never_more_than_promised",
            ),
            CheckConstraint(
                condition=Q(state="promised", promised_on__isnull=False, amount_yen__lt=F("promised_yen"))
                | Q(state="received", received_on__isnull=False, amount_yen__gte=F("promised_yen")),
                name="grant_state_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"grant:{self.pk}"

    @property
    def awaited_yen(self) -> int:
        """What was promised and has not come."""
        return max(self.promised_yen - self.amount_yen, 0)


class GrantPart(AppendOnly):
    """One payment of a promised grant."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="parts")
    amount_yen = models.PositiveBigIntegerField()
    received_on = models.DateField()
    request_key = models.UUIDField()
    received_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="grant_part_request_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="grant_part_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"grant_part:{self.pk}"
