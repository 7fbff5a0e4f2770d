"""Organisations that receive gifts, their campaigns, the gifts, and what Stripe told us about them."""

from donations.models.campaign import Campaign
from donations.models.gift import Donation, WebhookEvent
from donations.models.grant import Grant
from donations.models.organisation import LIVE_KEYS, Organisation

__all__ = ["LIVE_KEYS", "Campaign", "Donation", "Grant", "Organisation", "WebhookEvent"]
