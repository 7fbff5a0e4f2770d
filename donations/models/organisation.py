"""Who receives gifts."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import UniqueConstraint

from donations.models.receipt_settings import ReceiptSettings, receipt_settings_constraints
from kernel.sealing import seal_secret, unseal_secret
from ledger.models import Account
from programs.scoping import ProgramScoped

LIVE_KEYS = ("sk_live_", "rk_live_")


class Organisation(ProgramScoped, ReceiptSettings):
    """Who receives gifts: it has its own Stripe account, gift agreement and ledger accounts."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    agreement_version = models.CharField(max_length=20)
    agreement_text = models.TextField()  # what a donor agrees to; plain paragraphs
    clearing = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fees = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    takes_konbini = models.BooleanField(default=False)  # what the organisation has switched on at Stripe
    takes_bank_transfer = models.BooleanField(default=False)
    takes_paypay = models.BooleanField(default=False)
    endpoint = models.UUIDField(default=uuid4, editable=False)  # stands in the webhook's address
    is_live = models.BooleanField(default=False)  # follows the key; events of the other mode are refused
    sealed_stripe_key = models.BinaryField(default=b"")
    sealed_webhook_secret = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "endpoint"], name="organisation_endpoint_once"),
            UniqueConstraint(fields=["program", "clearing"], name="organisation_one_per_clearing"),
            UniqueConstraint(fields=["program", "fees"], name="organisation_one_per_fees"),
            *receipt_settings_constraints(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ways(self) -> list[str]:
        """The ways to pay beside cards, as Donation.Method names them."""
        switched = {
            "konbini": self.takes_konbini,
            "bank_transfer": self.takes_bank_transfer,
            "paypay": self.takes_paypay,
        }
        return [way for way, is_on in switched.items() if is_on]

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
