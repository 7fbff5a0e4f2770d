"""Accounts and transfers: double entry in whole yen, one balanced row per transfer.

Nothing here is written by the ORM but accounts. Transfers and balances are written by the SQL
function ledger_post() alone (ledger/post.sql), which `ledger.post` and the hot verb share.
"""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from programs.fields import ProgramField
from programs.scoping import AppendOnly, ProgramScoped, WrittenByFunctions


class Kind(models.TextChoices):
    """What an account holds. See ../shared/design/ledger.md."""

    STRIPE_CLEARING = "stripe_clearing", _("At the payment company")
    BANK = "bank", _("Bank")
    PAYMENT_FEES = "payment_fees", _("Payment fees")
    RECEIVABLE = "receivable", _("Promised grant")
    FUND = "fund", _("Fund")
    OPERATING = "operating", _("Running costs")
    COUPON = "coupon", _("Coupon")
    PAYABLE = "payable", _("Owed to a school")
    IN_TRANSFER = "in_transfer", _("On its way to the bank")
    LOSS_RESERVE = "loss_reserve", _("Loss reserve")


DEBIT_KINDS = frozenset({Kind.STRIPE_CLEARING, Kind.BANK, Kind.PAYMENT_FEES, Kind.RECEIVABLE})
GUARDED_KINDS = frozenset({Kind.FUND, Kind.COUPON})  # never below zero; their balance is stored


class Account(ProgramScoped):
    """One account. Guarded accounts have a Balance row, made by a trigger with the account."""

    kind = models.CharField(max_length=20, choices=Kind)
    label = models.CharField(max_length=120)  # for people; never a child's name
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(kind__in=Kind.values), name="account_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"


class Balance(WrittenByFunctions):
    """What a guarded account holds, in yen. Moved under its row lock with each transfer."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="balances")
    balance_yen = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "account"], name="balance_one_per_account"),
            CheckConstraint(condition=Q(balance_yen__gte=0), name="balance_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.balance_yen}"


class Transfer(AppendOnly):
    """One movement of money. Several legs of one event share its `source`."""

    program = ProgramField(append_only=True, by_functions=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_yen = models.BigIntegerField()
    source = models.CharField(max_length=60)  # "redemption:123": the event, unique per leg
    leg = models.PositiveSmallIntegerField(default=1)
    reverses = models.BigIntegerField(null=True)  # the id of the transfer it undoes, at most once
    posted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "source", "leg"], name="transfer_source_leg_once"),
            UniqueConstraint(
                fields=["program", "reverses"],
                name="transfer_reversed_once",
                condition=Q(reverses__isnull=False),
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="transfer_amount_above_zero"),
            CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount_yen}"
