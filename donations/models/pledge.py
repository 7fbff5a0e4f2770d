"""Gifts of every month: what a donor agreed to. Each month that is paid becomes one Donation."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donations.models.campaign import Campaign
from kernel.clock import now
from programs.models import User
from programs.scoping import ProgramScoped


class Pledge(ProgramScoped):
    """A monthly gift by card. started -> pending -> active -> ended, or expired when nobody paid; never back."""

    class State(models.TextChoices):
        STARTED = "started", _("Begun")  # no payment page yet
        PENDING = "pending", _("Being checked")  # there is a payment page; its end is not known
        ACTIVE = "active", pgettext_lazy("monthly gift", "Running")
        ENDED = "ended", pgettext_lazy("monthly gift", "Stopped")
        EXPIRED = "expired", _("Not paid in time")

    class Why(models.TextChoices):
        DONOR = "donor", _("The donor stopped it")
        OFFICE = "office", _("The secretariat stopped it")
        CAMPAIGN = "campaign", _("The campaign has ended")
        CARD = "card", _("The card was declined")
        STRIPE = "stripe", _("It was stopped at the payment company")

    WAITING: ClassVar = (State.STARTED, State.PENDING)

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pledges")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField()  # lower case
    public_name = models.CharField(max_length=40, blank=True)
    is_anonymous = models.BooleanField(default=False)
    amount_yen = models.PositiveIntegerField()  # of each month
    wanted_yen = models.PositiveIntegerField(null=True)  # another amount that Stripe has not confirmed yet
    # All amounts the donor ever agreed to: a month charged at any other is never booked by a machine.
    agreed_yen = models.JSONField(default=list)
    operating_per_mille = models.PositiveSmallIntegerField()  # the promised share, frozen when it was begun
    agreement_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="ja")
    request_key = models.UUIDField()
    reference = models.UUIDField(default=uuid4, editable=False)  # opens the result page
    session_id = models.CharField(max_length=100, blank=True)
    customer_id = models.CharField(max_length=100, blank=True)
    subscription_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    started_at = models.DateTimeField(default=now)
    active_at = models.DateTimeField(null=True)
    next_charge_on = models.DateField(null=True)  # None: no charge is to come
    declined_invoice_id = models.CharField(max_length=100, blank=True)  # the month whose card was declined
    retry_on = models.DateField(null=True)  # when Stripe tries the declined month again
    stop_asked_at = models.DateTimeField(null=True)
    stop_why = models.CharField(max_length=10, choices=Why, blank=True)
    to_stripe_at = models.DateTimeField(null=True)  # since when Stripe has to hear of a stop or an amount
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="pledge_request_once"),
            UniqueConstraint(fields=["program", "reference"], name="pledge_reference_once"),
            UniqueConstraint(
                fields=["program", "session_id"], condition=~Q(session_id=""), name="pledge_session_once"
            ),
            UniqueConstraint(
                fields=["program", "subscription_id"],
                condition=~Q(subscription_id=""),
                name="pledge_subscription_once",
            ),
            CheckConstraint(
                condition=Q(state__in=["started", "pending", "active", "ended", "expired"]),
                name="pledge_state_known",
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="pledge_amount_above_zero"),
            CheckConstraint(condition=Q(operating_per_mille__lte=500), name="pledge_operating_at_most_half"),
            CheckConstraint(
                condition=~Q(state__in=["active", "ended"]) | ~Q(subscription_id=""),
                name="pledge_running_has_its_subscription",
            ),
            CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="pledge_ended_has_its_time",
            ),
            CheckConstraint(
                condition=Q(state="active") | Q(next_charge_on__isnull=True),
                name="pledge_charges_only_while_active",
            ),
        ]
        indexes: ClassVar = [
            # What the sweep asks every few minutes.
            models.Index(
                fields=["started_at"], name="pledge_waiting", condition=Q(state__in=["started", "pending"])
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """Its name in the trail and the outbox."""
        return f"pledge:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether its first payment is not known yet."""
        return self.state in self.WAITING

    @property
    def is_stopping(self) -> bool:
        """Someone stopped it, and Stripe has not confirmed yet."""
        return self.state == self.State.ACTIVE and self.stop_asked_at is not None

    @property
    def is_declined(self) -> bool:
        """The last month could not be charged yet."""
        return self.state == self.State.ACTIVE and bool(self.declined_invoice_id)

    @property
    def coming_yen(self) -> int:
        """What the next month takes."""
        return self.wanted_yen or self.amount_yen

    @property
    def masked_email(self) -> str:
        """'hanako@example.jp' -> 'h•••@example.jp': enough to tell two apart in a list."""
        name, _at, host = self.email.partition("@")
        return f"{name[:1]}•••@{host}"
