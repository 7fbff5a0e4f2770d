"""Organisations that receive gifts, their campaigns, the gifts, and what Stripe told us about them."""

from donations.models.campaign import Campaign
from donations.models.gift import Donation, WebhookEvent
from donations.models.grant import Grant
from donations.models.organisation import LIVE_KEYS, Organisation
from donations.models.receipt import (
    Addressee,
    Receipt,
    ReceiptAsk,
    ReceiptCounter,
    ReceiptLine,
    ReceiptPaper,
)
from donations.models.receipt_settings import DatePolicy, LegalForm

__all__ = [
    "LIVE_KEYS",
    "Addressee",
    "Campaign",
    "DatePolicy",
    "Donation",
    "Grant",
    "LegalForm",
    "Organisation",
    "Receipt",
    "ReceiptAsk",
    "ReceiptCounter",
    "ReceiptLine",
    "ReceiptPaper",
    "WebhookEvent",
]
