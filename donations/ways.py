"""The ways in which a gift can be paid, and what each takes. One Stripe account decides what is switched on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations.models import Campaign, Donation

Method = Donation.Method
KONBINI_DAYS = 7  # as READYFOR does; Stripe lets a voucher live 1 to 60 days, to the end of a Japanese day
TRANSFER_DAYS = 14  # ours: Stripe waits for ever


@dataclass(frozen=True)
class Way:
    """least, most: whole yen, inclusive, as Stripe takes them in Japan."""

    method: Donation.Method
    words: str | Promise
    least_yen: int = 50
    most_yen: int = 99_999_999


WAYS = (
    Way(Method.CARD, _("Card")),
    Way(Method.KONBINI, _("Convenience store (up to 300,000 yen)"), 120, 300_000),
    Way(Method.BANK_TRANSFER, _("Bank transfer")),
    Way(Method.PAYPAY, _("PayPay (up to 500,000 yen)"), 50, 500_000),
)


def ways_of(campaign: Campaign) -> list[Way]:
    """What a campaign offers: cards always, the others as its organisation has switched them on at Stripe.

    All-or-nothing keeps to cards: nothing else can be taken later, or not at all.
    """
    if campaign.kind == Campaign.Kind.ALL_OR_NOTHING:
        return [WAYS[0]]
    is_on = {Method.CARD, *campaign.organisation.ways}
    return [way for way in WAYS if way.method in is_on]


def pay_by(donation: Donation) -> datetime:
    """Until when a bank transfer is waited for."""
    return donation.started_at + timedelta(days=TRANSFER_DAYS)
