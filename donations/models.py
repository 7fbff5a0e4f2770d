"""Organisations that receive gifts, their campaigns, the gifts, and what Stripe told us about them."""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.clock import now, today
from kernel.sealing import seal_secret, unseal_secret
from ledger.models import Account
from programs.models import User
from programs.scoping import AppendOnly, ProgramScoped

LIVE_KEYS = ("sk_live_", "rk_live_")


class Organisation(ProgramScoped):
    """Who receives gifts: it has its own Stripe account, gift agreement and ledger accounts."""

    name = models.CharField(max_length=80)
    legal_form = models.CharField(max_length=40, blank=True)  # 認定NPO法人, 公益財団法人, ...
    address = models.CharField(max_length=200, blank=True)
    agreement_version = models.CharField(max_length=20)
    agreement_text = models.TextField()  # what a donor agrees to; plain paragraphs
    clearing = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fees = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    endpoint = models.UUIDField(default=uuid4, editable=False)  # stands in the webhook's address
    is_live = models.BooleanField(default=False)  # follows the key; events of the other mode are refused
    sealed_stripe_key = models.BinaryField(default=b"")
    sealed_webhook_secret = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "endpoint"], name="organisation_endpoint_once"),
            UniqueConstraint(fields=["program", "clearing"], name="organisation_one_per_clearing"),
            UniqueConstraint(fields=["program", "fees"], name="organisation_one_per_fees"),
        ]

    def __str__(self) -> str:
        return self.name

    def seal_stripe(self, *, key: str, webhook_secret: str) -> None:
        """Set the secrets, sealed. A live key makes the organisation live. Not saved here."""
        self.is_live = key.startswith(LIVE_KEYS)
        self.sealed_stripe_key = seal_secret(key, context=self._context("stripe_key"))
        self.sealed_webhook_secret = seal_secret(webhook_secret, context=self._context("webhook_secret"))

    @property
    def stripe_key(self) -> str:
        """Opened. Only stripe_gateway asks."""
        return unseal_secret(self.sealed_stripe_key, context=self._context("stripe_key"))

    @property
    def webhook_secret(self) -> str:
        """Opened. Only stripe_gateway asks."""
        return unseal_secret(self.sealed_webhook_secret, context=self._context("webhook_secret"))

    def _context(self, name: str) -> str:
        # The endpoint is made with the row and never changes, so it may bind before there is an id.
        return f"donations_organisation|{self.endpoint}|{name}"


class Campaign(ProgramScoped):
    """A call for gifts with a goal and an end. draft -> open -> closed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for gifts")
        CLOSED = "closed", _("Ended")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    operating = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    story = models.TextField(blank=True)  # plain paragraphs, parted by an empty line
    story_en = models.TextField(blank=True)
    goal_yen = models.PositiveBigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()  # inclusive
    operating_per_mille = models.PositiveSmallIntegerField(default=0)  # promised share for running costs
    presets = models.JSONField(default=list)  # whole yen, for the chips
    minimum_yen = models.PositiveIntegerField(default=500)
    maximum_yen = models.PositiveIntegerField(default=3_000_000)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(state__in=["draft", "open", "closed"]), name="campaign_state_known"),
            CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="campaign_days_in_order"),
            CheckConstraint(condition=Q(goal_yen__gt=0), name="campaign_goal_above_zero"),
            CheckConstraint(
                condition=Q(operating_per_mille__lte=500), name="campaign_operating_at_most_half"
            ),
            CheckConstraint(
                condition=Q(minimum_yen__gte=50, maximum_yen__gte=F("minimum_yen")),
                name="campaign_amounts_in_order",  # Stripe takes no gift below 50 yen
            ),
            CheckConstraint(
                condition=Q(state="draft") | Q(fund__isnull=False, operating__isnull=False),
                name="campaign_accounts_when_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title, under the name that the `named` filter asks for."""
        return self.title

    @property
    def name_en(self) -> str:
        """The English title, or empty."""
        return self.title_en

    def is_taking_gifts(self, on: date | None = None) -> bool:
        """Open, and `on` (today) is one of its days."""
        return self.state == self.State.OPEN and self.first_day <= (on or today()) <= self.last_day


class Donation(ProgramScoped):
    """One gift. started -> pending -> paid | failed | expired; paid is never left."""

    class State(models.TextChoices):
        STARTED = "started", _("Begun")  # no payment page yet
        PENDING = "pending", _("Being checked")  # there is a payment page; its end is not known
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Not paid")
        EXPIRED = "expired", _("Not paid in time")

    class Method(models.TextChoices):
        CARD = "card", _("Card")
        BANK = "bank", _("Bank transfer")

    WAITING: ClassVar = (State.STARTED, State.PENDING)

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="donations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField()  # lower case
    public_name = models.CharField(max_length=40, blank=True)
    is_anonymous = models.BooleanField(default=False)
    amount_yen = models.PositiveIntegerField()
    operating_yen = models.PositiveIntegerField()  # the promised share, frozen when the gift was begun
    fee_yen = models.PositiveIntegerField(null=True)  # None until Stripe has booked the charge
    request_key = models.UUIDField()
    reference = models.UUIDField(default=uuid4, editable=False)  # opens the result page
    session_id = models.CharField(max_length=100, blank=True)
    payment_intent_id = models.CharField(max_length=100, blank=True)
    charge_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    agreement_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="ja")
    method = models.CharField(max_length=10, choices=Method, default=Method.CARD)
    started_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="donation_request_once"),
            UniqueConstraint(fields=["program", "reference"], name="donation_reference_once"),
            UniqueConstraint(
                fields=["program", "session_id"], condition=~Q(session_id=""), name="donation_session_once"
            ),
            UniqueConstraint(
                fields=["program", "payment_intent_id"],
                condition=~Q(payment_intent_id=""),
                name="donation_payment_once",
            ),
            UniqueConstraint(
                fields=["program", "charge_id"], condition=~Q(charge_id=""), name="donation_charge_once"
            ),
            CheckConstraint(
                condition=Q(state__in=["started", "pending", "paid", "failed", "expired"]),
                name="donation_state_known",
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="donation_amount_above_zero"),
            CheckConstraint(condition=Q(operating_yen__lt=F("amount_yen")), name="donation_operating_within"),
            CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False), name="donation_paid_has_its_time"
            ),
        ]
        indexes: ClassVar = [
            # What the sweep asks every few minutes.
            models.Index(
                fields=["started_at"], name="donation_waiting", condition=Q(state__in=["started", "pending"])
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger, the trail and the outbox."""
        return f"donation:{self.pk}"

    @property
    def fund_yen(self) -> int:
        """What becomes coupons."""
        return self.amount_yen - self.operating_yen

    @property
    def is_waiting(self) -> bool:
        """Whether its end is not known yet."""
        return self.state in self.WAITING

    @property
    def shown_name(self) -> str:
        """The name for the public list; empty for those who stay unnamed."""
        return "" if self.is_anonymous else self.public_name


class WebhookEvent(AppendOnly):
    """An event that Stripe sent, stored once. Only a hint: what it is about is fetched anew."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "event_id"], name="webhook_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Grant(ProgramScoped):
    """Money of a city or a sponsor that came by bank."""

    funder = models.CharField(max_length=80)
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_yen = models.PositiveBigIntegerField()
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)  # where it is written down: letter, bank line
    request_key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="grant_request_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="grant_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"grant:{self.pk}"
