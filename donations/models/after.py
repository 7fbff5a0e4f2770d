"""What may come after a paid gift: refunds and disputes. The gift itself stays paid."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.gift import Donation
from kernel.clock import now
from programs.models import Membership
from programs.scoping import ProgramScoped

# Where the yen of a refund or dispute came from: what the row says must be what the ledger moved.
_PARTS = F("fund_yen") + F("operating_yen") + F("reserve_yen")


class Refund(ProgramScoped):
    """Money that goes back to the donor. asked -> done | failed; a done one may still fail at the bank."""

    class State(models.TextChoices):
        ASKED = "asked", _("Under way")
        DONE = "done", _("Paid back")
        FAILED = "failed", _("Not possible")

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refunds")
    request_key = models.UUIDField()  # ours; of one made at Stripe's dashboard it follows from Stripe's id
    refund_id = models.CharField(max_length=100, blank=True)
    amount_yen = models.PositiveIntegerField()
    fund_yen = models.PositiveIntegerField(default=0)
    operating_yen = models.PositiveIntegerField(default=0)
    reserve_yen = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="refund_request_once"),
            UniqueConstraint(
                fields=["program", "refund_id"], condition=~Q(refund_id=""), name="refund_at_stripe_once"
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="refund_amount_above_zero"),
            CheckConstraint(condition=Q(state__in=["asked", "done", "failed"]), name="refund_state_known"),
            CheckConstraint(
                condition=~Q(state="done") | Q(amount_yen=_PARTS), name="refund_done_comes_from_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"refund:{self.pk}"


class Dispute(ProgramScoped):
    """The card holder's bank took the money back. open -> won | lost; a won one came back."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="disputes")
    dispute_id = models.CharField(max_length=100)
    amount_yen = models.PositiveIntegerField()
    fee_yen = models.PositiveIntegerField(default=0)
    fee_returned_yen = models.PositiveIntegerField(default=0)
    fund_yen = models.PositiveIntegerField(default=0)
    operating_yen = models.PositiveIntegerField(default=0)
    reserve_yen = models.PositiveIntegerField(default=0)
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
