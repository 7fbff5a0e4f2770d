"""Organisations that receive gifts, their campaigns, the gifts, and what Stripe told us about them."""

from donations.models.after import Dispute, Parts, Refund, RefundLimit
from donations.models.bank import BankLine, BankMatch, BankStatement, BankUnmatch
from donations.models.by_hand import CompanyGift, Invoice, OfflineGift, ReceivingAccount, SponsorFund
from donations.models.campaign import Campaign
from donations.models.campaign_news import (
    CampaignPicture,
    CampaignReport,
    CampaignUpdate,
    NoUpdates,
    UpdateMail,
)
from donations.models.gift import Donation, WebhookEvent
from donations.models.grant import Grant, GrantPart
from donations.models.organisation import LIVE_KEYS, Organisation
from donations.models.pledge import Pledge
from donations.models.promise import SavedCard
from donations.models.receipt import (
    Addressee,
    Receipt,
    ReceiptAsk,
    ReceiptCounter,
    ReceiptLine,
    ReceiptPaper,
)
from donations.models.receipt_settings import DatePolicy, LegalForm
from donations.models.reserve import ReserveFill
from donations.models.settling import Finding, Payout, Reconciliation, StripeLine

__all__ = [
    "LIVE_KEYS",
    "Addressee",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "BankUnmatch",
    "Campaign",
    "CampaignPicture",
    "CampaignReport",
    "CampaignUpdate",
    "CompanyGift",
    "DatePolicy",
    "Dispute",
    "Donation",
    "Finding",
    "Grant",
    "GrantPart",
    "Invoice",
    "LegalForm",
    "NoUpdates",
    "OfflineGift",
    "Organisation",
    "Parts",
    "Payout",
    "Pledge",
    "Receipt",
    "ReceiptAsk",
    "ReceiptCounter",
    "ReceiptLine",
    "ReceiptPaper",
    "ReceivingAccount",
    "Reconciliation",
    "Refund",
    "RefundLimit",
    "ReserveFill",
    "SavedCard",
    "SponsorFund",
    "StripeLine",
    "UpdateMail",
    "WebhookEvent",
]
