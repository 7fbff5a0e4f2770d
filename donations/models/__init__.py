"""Organisations that receive gifts, their campaigns, the gifts, and what Stripe told us about them."""

from donations.models.bank import BankLine, BankMatch, BankStatement
from donations.models.by_hand import CompanyGift, Invoice, OfflineGift, ReceivingAccount, SponsorFund
from donations.models.campaign import Campaign
from donations.models.gift import Donation, WebhookEvent
from donations.models.grant import Grant, GrantPart
from donations.models.organisation import LIVE_KEYS, Organisation

__all__ = [
    "LIVE_KEYS",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Campaign",
    "CompanyGift",
    "Donation",
    "Grant",
    "GrantPart",
    "Invoice",
    "OfflineGift",
    "Organisation",
    "ReceivingAccount",
    "SponsorFund",
    "WebhookEvent",
]
