"""What may come after a paid gift: refunds and disputes. The gift itself stays paid."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.gift import Donation
from donations.models.organisation import Organisation
from kernel.clock import now
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped

# Where the yen of a refund or dispute came from: what the row says must be what the ledger moved.
_PARTS = F("fund_yen") + F("operating_yen") + F("reserve_yen")


@dataclass(frozen=True)
class Parts:
    """The accounts that pay for what goes back, in yen; together the whole amount."""

    fund_yen: int
    operating_yen: int
    reserve_yen: int


class GoesBack(ProgramScoped):
    """Money of a gift that goes back, and the accounts that paid for it."""

    amount_yen = models.PositiveIntegerField()
    fund_yen = models.PositiveIntegerField(default=0)
    operating_yen = models.PositiveIntegerField(default=0)
    reserve_yen = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def parts(self) -> Parts:
        """Which accounts paid; all zero before it has left."""
        return Parts(self.fund_yen, self.operating_yen, self.reserve_yen)

    @parts.setter
    def parts(self, parts: Parts) -> None:
        self.fund_yen, self.operating_yen = parts.fund_yen, parts.operating_yen
        self.reserve_yen = parts.reserve_yen


class Refund(GoesBack):
    """Money that goes back to the donor. proposed -> asked -> done | failed, or withdrawn.

    Small ones begin at asked. A done one may still fail at the bank.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        ASKED = "asked", _("Under way")
        DONE = "done", _("Paid back")
        FAILED = "failed", _("Not possible")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN: ClassVar = (State.PROPOSED, State.ASKED)  # holds the money of the gift, has moved none

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refunds")
    request_key = models.UUIDField()  # ours; of one made at Stripe's dashboard it follows from Stripe's id
    refund_id = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    needs_second = models.BooleanField(default=False)  # frozen when it was written down
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    is_on_its_way = models.BooleanField(default=False)  # left Stripe's books, has not reached the donor
    answer_by = models.DateTimeField(null=True)  # Stripe waits for the donor's bank account until then
    asked_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="refund_request_once"),
            UniqueConstraint(
                fields=["program", "refund_id"], condition=~Q(refund_id=""), name="refund_at_stripe_once"
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="refund_amount_above_zero"),
            CheckConstraint(
                condition=Q(state__in=["proposed", "asked", "done", "failed", "withdrawn"]),
                name="refund_state_known",
            ),
            CheckConstraint(
                condition=~Q(state="done") | Q(amount_yen=_PARTS), name="refund_done_comes_from_somewhere"
            ),
            CheckConstraint(
                condition=Q(needs_second=False)
                | Q(state="proposed", decided_by__isnull=True)
                | Q(state="withdrawn", decided_by__isnull=False)
                | (
                    Q(state__in=["asked", "done", "failed"], asked_by__isnull=False)
                    & Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="refund_second_person",
            ),
            CheckConstraint(
                condition=Q(needs_second=True) | Q(state__in=["asked", "done", "failed"]),
                name="refund_proposed_needs_second",
            ),
        ]
        indexes: ClassVar = [
            # What the sweep asks every few minutes.
            models.Index(fields=["donation"], name="refund_on_its_way", condition=Q(is_on_its_way=True)),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"refund:{self.pk}"

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == self.State.PROPOSED


class RefundLimit(AppendOnly):
    """Up to which amount one person alone pays a gift of the organisation back. The newest row is in force."""

    UNLESS_SET: ClassVar = 50_000

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="refund_limits")
    limit_yen = models.PositiveIntegerField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"refund_limit:{self.pk}"


class Dispute(GoesBack):
    """The card holder's bank took the money back. open -> won | lost; a won one came back."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="disputes")
    dispute_id = models.CharField(max_length=100)
    fee_yen = models.PositiveIntegerField(default=0)
    fee_returned_yen = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)
    due_by = models.DateTimeField(null=True)  # until then an answer may be sent at Stripe's page
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    is_withdrawn = models.BooleanField(default=False)  # the money has left
    is_returned = models.BooleanField(default=False)  # and has come back
    opened_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "dispute_id"], name="dispute_at_stripe_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="dispute_amount_above_zero"),
            CheckConstraint(condition=Q(state__in=["open", "won", "lost"]), name="dispute_state_known"),
            CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(amount_yen=_PARTS), name="dispute_comes_from_somewhere"
            ),
            CheckConstraint(
                condition=Q(is_returned=False) | Q(is_withdrawn=True), name="dispute_returned_after_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger: the money left."""
        return f"dispute:{self.pk}"

    @property
    def won_source(self) -> str:
        """And came back."""
        return f"dispute-won:{self.pk}"
