"""Stripe's own list of what moved, its payouts, and what a person must look at."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.organisation import Organisation
from kernel.clock import now
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


class Payout(ProgramScoped):
    """Stripe sends an organisation's money to its bank. Booked when it leaves; a failed one comes back."""

    class State(models.TextChoices):
        SENT = "sent", _("On its way")
        PAID = "paid", _("At the bank")
        FAILED = "failed", _("Came back")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payouts")
    payout_id = models.CharField(max_length=100)
    amount_yen = models.BigIntegerField()
    arrives_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.SENT)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "payout_id"], name="payout_at_stripe_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="payout_amount_above_zero"),
            CheckConstraint(condition=Q(state__in=["sent", "paid", "failed"]), name="payout_state_known"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger: clearing -> bank."""
        return f"payout:{self.pk}"

    @property
    def failed_source(self) -> str:
        """And back."""
        return f"payout-failed:{self.pk}"


class StripeLine(ProgramScoped):
    """One balance transaction of Stripe: the truth about money there. Signs as Stripe's."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    line_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)  # charge, refund, adjustment, payout, ...
    source_id = models.CharField(max_length=100, blank=True)  # ch_, re_, du_, po_
    amount_yen = models.BigIntegerField()
    fee_yen = models.BigIntegerField()
    net_yen = models.BigIntegerField()
    happened_at = models.DateTimeField()
    explained_by = models.CharField(max_length=60, blank=True)  # the ledger's source; empty: nothing yet

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "line_id"], name="stripe_line_once"),
            CheckConstraint(
                condition=Q(net_yen=models.F("amount_yen") - models.F("fee_yen")), name="stripe_line_adds_up"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "happened_at"], name="stripe_line_newest"),
            models.Index(fields=["organisation"], name="stripe_line_open", condition=Q(explained_by="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_id}"


class Reconciliation(AppendOnly):
    """How Stripe's sum and the books' sum stood at one time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reconciliations")
    done_at = models.DateTimeField(default=now)
    lines = models.PositiveIntegerField()
    stripe_yen = models.BigIntegerField()
    books_yen = models.BigIntegerField()
    open_lines = models.PositiveIntegerField()
    open_yen = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.done_at}"

    @property
    def difference_yen(self) -> int:
        """Stripe's sum less the books'."""
        return self.stripe_yen - self.books_yen

    @property
    def is_exact(self) -> bool:
        """To the yen, and every line explained."""
        return self.difference_yen == 0 and self.open_lines == 0


class Finding(ProgramScoped):
    """Something that a machine must not decide. open -> settled by a person, with words."""

    class Kind(models.TextChoices):
        UNKNOWN_CHARGE = "unknown_charge", _("Money at Stripe that no gift explains")
        UNKNOWN_LINE = "unknown_line", _("A movement at Stripe that nothing explains")
        LINE_DIFFERS = "line_differs", _("Stripe's figure and ours differ")
        GIFT_WITHOUT_LINE = "gift_without_line", _("A paid gift that Stripe does not list")
        CLEARING_DIFFERS = "clearing_differs", _("The sum at Stripe and ours differ")
        PAYMENT_DIFFERS = "payment_differs", _("Another amount was paid than promised")
        TOO_MUCH_SENT = "too_much_sent", _("More was transferred than promised")
        TOO_LITTLE_SENT = "too_little_sent", _("Less was transferred than promised")
        REFUND_REFUSED = "refund_refused", _("A refund was not possible")
        DISPUTE = "dispute", _("A dispute waits for an answer")
        FRAUD_WARNING = "fraud_warning", _("A bank warns that a card was misused")
        RESERVE_SHORT = "reserve_short", _("The loss reserve is below zero")
        UNKNOWN_EVENT = "unknown_event", _("Stripe told us of something unknown")
        CHARGED_AFTER_STOP = "charged_after_stop", _("A monthly gift was charged after it was stopped")
        LARGE_PROMISE = "large_promise", _("One promised gift decides much of the goal")
        PAYOUT_FAILED = "payout_failed", _("Stripe could not pay out to the bank")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind)
    about = models.CharField(max_length=120)  # donation:1, txn_..., ch_...
    amount_yen = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    due_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=400, blank=True)  # what was done about it

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "kind", "about"], name="finding_once"),
            CheckConstraint(condition=Q(settled_at=None) | ~Q(words=""), name="finding_settled_with_words"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opened_at"], name="finding_open", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
