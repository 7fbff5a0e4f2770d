"""Stripe's published test cards, and reading what a person types into the card fields."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """What a test card does when it pays."""

    number: str
    brand: str = "visa"
    decline: str | None = None
    asks_3ds: bool = False
    disputed: bool = False
    fails_later: bool = False  # pays on the page, then never again

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("5555555555554444", brand="mastercard"),
        Card("3566002020360505", brand="jcb"),
        Card("4000003920000003"),
        Card("4000000000000002", decline="generic_decline"),
        Card("4000000000009995", decline="insufficient_funds"),
        Card("4000000000000069", decline="expired_card"),
        Card("4000002760003184", asks_3ds=True),
        Card("4000000000000259", disputed=True),
        Card("4000000000000341", fails_later=True),
    )
}
TOKENS = {  # Stripe's names for payment methods of test cards
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_jcb": "3566002020360505",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
}
DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "expired_card": ("expired_card", "Your card has expired."),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
    "authentication": (
        "payment_intent_authentication_failure",
        "The provided payment method has failed authentication.",
    ),
}


def digits(typed: str) -> str:
    """'４２４２ 4242-…' -> '42424242…': full-width digits, spaces and dashes are forgiven."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in plain if sign.isascii() and sign.isdigit())


def expiry(typed: str) -> tuple[int, int] | None:
    """'12 / 34' or '1234' -> (12, 2034); None when it is no month and year."""
    found = digits(typed)
    if len(found) not in (4, 6) or not 1 <= int(found[:2]) <= 12:
        return None
    year = int(found[2:])
    return int(found[:2]), year if len(found) == 6 else 2000 + year
