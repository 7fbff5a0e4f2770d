"""Gifts, and what Stripe told us about them."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.campaign import Campaign
from donations.models.organisation import Organisation
from donations.models.pledge import Pledge
from kernel.clock import now
from ledger.models import Account
from programs.models import User
from programs.scoping import AppendOnly, ProgramScoped


class Donation(ProgramScoped):
    """One gift. started -> pending -> paid | failed | expired; paid is never left.

    To an all-or-nothing campaign: pending -> saved -> paid | declined | let_go, declined -> paid | failed.
    """

    class State(models.TextChoices):
        STARTED = "started", _("Begun")  # no payment page yet
        PENDING = "pending", _("Being checked")  # there is a payment page; its end is not known
        SAVED = "saved", _("Card saved")  # promised: nothing was taken
        DECLINED = "declined", _("Card declined")  # the goal was met; may be paid by hand until pay_until
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Not paid")
        EXPIRED = "expired", _("Not paid in time")
        LET_GO = "let_go", _("Nothing taken")  # taken back, or the goal was missed

    class Method(models.TextChoices):
        CARD = "card", _("Card")
        KONBINI = "konbini", _("Convenience store")
        BANK_TRANSFER = "bank_transfer", _("Bank transfer")
        PAYPAY = "paypay", _("PayPay")
        # By hand, outside Stripe: noted by one person, approved by another (approve_offline_gift).
        CASH = "cash", _("Cash")
        FURUSATO = "furusato", _("Hometown tax of a city")
        POSTAL = "postal", _("Postal transfer")
        TRANSFER = "transfer", _("Bank transfer to our account")

    BY_HAND: ClassVar = (Method.CASH, Method.FURUSATO, Method.POSTAL, Method.TRANSFER)
    WAITING: ClassVar = (State.STARTED, State.PENDING)
    PROMISED: ClassVar = (State.SAVED, State.DECLINED)  # a card was saved; its money has not come

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="donations")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, related_name="donations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(blank=True)  # lower case; only gifts by hand may go without
    public_name = models.CharField(max_length=40, blank=True)
    is_anonymous = models.BooleanField(default=False)
    amount_yen = models.PositiveIntegerField()
    operating_yen = models.PositiveIntegerField()  # the promised share, frozen when the gift was begun
    fee_yen = models.PositiveIntegerField(null=True)  # None until Stripe has booked the charge
    request_key = models.UUIDField()
    reference = models.UUIDField(default=uuid4, editable=False)  # opens the result page
    session_id = models.CharField(max_length=100, blank=True)
    invoice_id = models.CharField(max_length=100, blank=True)  # of the month of a monthly gift
    payment_intent_id = models.CharField(max_length=100, blank=True)
    charge_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    agreement_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="ja")
    method = models.CharField(max_length=14, choices=Method, default=Method.CARD)
    gone_yen = models.PositiveIntegerField(default=0)  # went back by refunds and disputes; books.py holds it
    customer_id = models.CharField(max_length=100, blank=True)  # Stripe's, where the way of paying needs one
    pay_until = models.DateTimeField(null=True)  # shop code or bank account was given: until when to pay
    started_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True)  # the donor has finished paying
    settled_at = models.DateTimeField(null=True)  # Stripe has booked the charge: the money is ours

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
            UniqueConstraint(
                fields=["program", "invoice_id"], condition=~Q(invoice_id=""), name="donation_invoice_once"
            ),
            CheckConstraint(
                condition=Q(pledge__isnull=True, invoice_id="")
                | (Q(pledge__isnull=False, method="card") & ~Q(invoice_id="")),
                name="donation_month_has_its_invoice",
            ),
            CheckConstraint(
                condition=Q(
                    state__in=[
                        "started",
                        "pending",
                        "saved",
                        "declined",
                        "paid",
                        "failed",
                        "expired",
                        "let_go",
                    ]
                ),
                name="donation_state_known",
            ),
            CheckConstraint(
                condition=~Q(state__in=["saved", "declined", "let_go"])
                | Q(method="card", paid_at__isnull=True),
                name="donation_promise_is_a_card",
            ),
            CheckConstraint(
                condition=~Q(state="declined") | Q(pay_until__isnull=False),
                name="donation_declined_has_its_time",
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="donation_amount_above_zero"),
            CheckConstraint(condition=Q(gone_yen__lte=F("amount_yen")), name="donation_gone_within"),
            CheckConstraint(condition=Q(operating_yen__lt=F("amount_yen")), name="donation_operating_within"),
            CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False), name="donation_paid_has_its_time"
            ),
            CheckConstraint(
                condition=~Q(email="") | Q(method__in=["cash", "furusato", "postal", "transfer"]),
                name="donation_online_has_an_address",
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
    def arrives_in(self) -> Account:
        """Where the money is when it is paid: at Stripe, or for gifts by hand in the bank."""
        organisation = self.campaign.organisation
        found: Account = organisation.bank if self.is_by_hand else organisation.clearing
        return found

    @property
    def is_by_hand(self) -> bool:
        """Whether it came outside Stripe, noted by one person and booked by another."""
        return self.method in self.BY_HAND

    @property
    def is_waiting(self) -> bool:
        """Whether its end is not known yet."""
        return self.state in self.WAITING

    @property
    def is_promised(self) -> bool:
        """A card was saved for it, and its money has not come."""
        return self.state in self.PROMISED

    @property
    def kept_yen(self) -> int:
        """What is left of the gift after refunds and disputes."""
        return self.amount_yen - self.gone_yen

    @property
    def is_first_month(self) -> bool:
        """Of a monthly gift: the month that was paid on the page."""
        earlier = Donation.objects.filter(pledge=self.pledge_id, pk__lt=self.pk)
        return self.pledge_id is not None and not earlier.exists()

    @property
    def masked_email(self) -> str:
        """'hanako@example.jp' -> 'h•••@example.jp': enough to tell two apart in a list."""
        name, _at, host = self.email.partition("@")
        return f"{name[:1]}•••@{host}" if host else ""

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
