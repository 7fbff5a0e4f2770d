"""The hosted page where a gift is paid."""

import logging
from datetime import timedelta
from typing import Any

from donations.errors import PaymentPageRefused
from donations.models import Campaign, Donation, Organisation, SavedCard
from donations.stripe_gateway.connection import answers, client_of
from donations.stripe_gateway.promises import setup_parameters
from donations.stripe_said import PaymentPage
from donations.ways import KONBINI_DAYS

log = logging.getLogger(__name__)

# Stripe wants 30 minutes or more from its own clock; the rest is for our retries with the same key.
PAGE_OPEN_FOR = timedelta(minutes=35)


def ask_for_page(
    *,
    organisation: Organisation,
    campaign: Campaign,
    donation: Donation,
    home: str,
    back: str,
    is_guarded: bool = False,
) -> PaymentPage:
    """Make the hosted payment page of a gift, or find it again: one per gift, however often asked.

    home, back: addresses for after the payment and for giving up. is_guarded: every card is asked for
    3-D Secure. All parameters follow from the gift alone, so that a repeat carries the same ones.
    Raises PaymentServiceAway, PaymentPageRefused.
    """
    asked, key = _page_parameters(campaign, donation, home, back), f"donation:{donation.reference}:session:1"
    if campaign.is_all_or_nothing:
        asked |= {**setup_parameters(donation), "customer_email": donation.email}
        for name in ("line_items", "payment_intent_data", "submit_type"):
            del asked[name]
    elif donation.method == Donation.Method.BANK_TRANSFER:
        asked["customer"] = _customer_of(organisation, donation)
    else:
        asked["customer_email"] = donation.email
    if is_guarded and donation.method == Donation.Method.CARD:
        asked["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
        key += ":guarded"  # other parameters under the same key are refused
    with answers():
        session = client_of(organisation).v1.checkout.sessions.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return PaymentPage(session.id, session.url or "")


def _page_parameters(campaign: Campaign, donation: Donation, home: str, back: str) -> dict[str, Any]:
    is_japanese = donation.language.startswith("ja")
    metadata = {"donation": str(donation.reference)}
    return {
        "ui_mode": "hosted_page",
        "mode": "payment",
        "submit_type": "donate",
        **_way_parameters(donation),
        "locale": "ja" if is_japanese else "en",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "jpy",
                    "unit_amount": donation.amount_yen,
                    "product_data": {
                        "name": campaign.title if is_japanese else campaign.title_en or campaign.title
                    },
                },
            }
        ],
        "client_reference_id": str(donation.reference),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "expires_at": int((donation.started_at + PAGE_OPEN_FOR).timestamp()),
        "success_url": home,
        "cancel_url": back,
    }


def ask_for_late_page(
    *, organisation: Organisation, card: SavedCard, campaign: Campaign, home: str
) -> PaymentPage:
    """The page where a promised gift is paid after its card was declined: one for each number of a page.

    With the gift's own customer, so that fetch_promise() finds what is paid there.
    Raises PaymentServiceAway, PaymentPageRefused.
    """
    if card.page_asked_at is None:
        raise RuntimeError("a page is written down before it is asked for")
    asked = _page_parameters(campaign, card.donation, home, home) | {
        "customer": card.customer_id,
        "expires_at": int((card.page_asked_at + PAGE_OPEN_FOR).timestamp()),
    }
    key = f"donation:{card.donation.reference}:late:{card.pages}"
    with answers():
        session = client_of(organisation).v1.checkout.sessions.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return PaymentPage(session.id, session.url or "")


def _way_parameters(donation: Donation) -> dict[str, Any]:
    """The one way that the donor chose. With one way there is nothing more to choose on Stripe's page."""
    if donation.method == Donation.Method.KONBINI:
        days = {"konbini": {"expires_after_days": KONBINI_DAYS}}
        return {"payment_method_types": ["konbini"], "payment_method_options": days}
    if donation.method == Donation.Method.BANK_TRANSFER:
        transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
        options = {"customer_balance": transfer}
        return {"payment_method_types": ["customer_balance"], "payment_method_options": options}
    return {"payment_method_types": ["paypay" if donation.method == Donation.Method.PAYPAY else "card"]}


def _customer_of(organisation: Organisation, donation: Donation) -> str:
    """A customer of this one gift: Stripe gives each customer a bank account number of their own."""
    asked = {"email": donation.email, "metadata": {"donation": str(donation.reference)}}
    with answers():
        made = client_of(organisation).v1.customers.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": f"donation:{donation.reference}:customer"},
        )
    return str(made.id)


def expire_page(*, organisation: Organisation, session_id: str) -> None:
    """Close a payment page; one that is paid or closed already stays as it is. Raises PaymentServiceAway."""
    try:
        with answers():
            client_of(organisation).v1.checkout.sessions.expire(session_id)
    except PaymentPageRefused:
        log.info("a payment page was closed or paid already")
