"""Monthly gifts at Stripe: the page that starts one, how it stands, another amount, its end, another card."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from donations.errors import PaymentPageRefused
from donations.models import Donation, Organisation, Pledge
from donations.stripe_gateway.connection import answers, client_of, noted
from donations.stripe_gateway.pages import PAGE_OPEN_FOR
from donations.stripe_said import MonthSaid, Payment, PaymentPage, PledgeSaid
from kernel.clock import day_of

log = logging.getLogger(__name__)

OVER = ("canceled", "incomplete_expired")
MONTHLY = {"interval": "month"}


def ask_for_monthly_page(
    *, organisation: Organisation, pledge: Pledge, home: str, back: str, is_guarded: bool = False
) -> PaymentPage:
    """Make the hosted page that starts a monthly gift, or find it again: one each, however often asked.

    home, back, is_guarded: as for a single gift (pages.py); all parameters follow from the pledge alone.
    Raises PaymentServiceAway, PaymentPageRefused.
    """
    is_japanese = pledge.language.startswith("ja")
    metadata, title = {"pledge": str(pledge.reference)}, pledge.campaign.title
    price = {
        "currency": "jpy",
        "unit_amount": pledge.amount_yen,
        "recurring": MONTHLY,
        "product_data": {"name": title if is_japanese else pledge.campaign.title_en or title},
    }
    asked: dict[str, Any] = {
        "ui_mode": "hosted_page",
        "mode": "subscription",
        "payment_method_types": ["card"],
        "locale": "ja" if is_japanese else "en",
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": str(pledge.reference),
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
        "customer_email": pledge.email,
        "expires_at": int((pledge.started_at + PAGE_OPEN_FOR).timestamp()),
        "success_url": home,
        "cancel_url": back,
    }
    key = f"pledge:{pledge.reference}:session:1"
    if is_guarded:
        asked["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
        key += ":guarded"  # other parameters under the same key are refused
    with answers():
        session = client_of(organisation).v1.checkout.sessions.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return PaymentPage(session.id, session.url or "")


def fetch_pledge(*, organisation: Organisation, pledge: Pledge, known: set[str]) -> PledgeSaid:
    """Ask how a monthly gift stands, with its paid months but those in `known` (invoices booked, fee and all).

    Raises PaymentServiceAway, PaymentPageRefused.
    """
    client = client_of(organisation).v1
    subscription_id = pledge.subscription_id
    with answers():
        if not subscription_id:
            session = client.checkout.sessions.retrieve(pledge.session_id)
            if not session.subscription or session.status != "complete":
                is_over = session.status == "expired"
                state = Pledge.State.EXPIRED if is_over else Pledge.State.PENDING
                return PledgeSaid(state, session.client_reference_id or "", session.url or "")
            subscription_id = str(session.subscription)
        said = client.subscriptions.retrieve(subscription_id, {"expand": ["latest_invoice"]})
        months = list(_paid_months(organisation, subscription_id, known))
    return _pledge_of(said, months)


def _pledge_of(said: Any, months: list[MonthSaid]) -> PledgeSaid:
    item, is_over = said["items"].data[0], said.status in OVER
    latest: Any = said.latest_invoice
    is_declined = said.status in ("past_due", "unpaid") and bool(latest) and latest.status == "open"
    retry = latest.next_payment_attempt if is_declined else None
    is_to_come = not is_over and not said.cancel_at and said.status != "unpaid"
    reason = said.cancellation_details.reason if said.cancellation_details else ""
    return PledgeSaid(
        state=Pledge.State.ENDED if is_over else Pledge.State.ACTIVE,
        reference=noted(said.metadata, "pledge"),
        customer_id=str(said.customer or ""),
        subscription_id=said.id,
        amount_yen=item.price.unit_amount * item.quantity if said.currency == "jpy" else 0,
        next_charge_on=_day(item.current_period_end) if is_to_come else None,
        declined_invoice_id=latest.id if is_declined else "",
        retry_on=_day(retry) if retry else None,
        is_given_up=said.status == "unpaid",
        why_ended=Pledge.Why.CARD if reason == "payment_failed" else Pledge.Why.STRIPE,
        months=months,
    )


def _day(moment: int) -> date:
    return day_of(datetime.fromtimestamp(moment, UTC))


def _paid_months(organisation: Organisation, subscription_id: str, known: set[str]) -> Iterator[MonthSaid]:
    """The oldest first, so that the first month is booked first."""
    asked: Any = {"subscription": subscription_id, "status": "paid", "limit": 100}
    invoices = list(client_of(organisation).v1.invoices.list(asked).auto_paging_iter())
    for invoice in reversed(invoices):
        if invoice.id not in known and invoice.amount_paid:
            yield MonthSaid(invoice.id, _payment_of(organisation, invoice))


def fetch_month(*, organisation: Organisation, invoice_id: str) -> Payment:
    """Ask how the payment of one month stands, with its charge and fee. Raises PaymentServiceAway."""
    with answers():
        invoice = client_of(organisation).v1.invoices.retrieve(invoice_id)
        return _payment_of(organisation, invoice)


def _payment_of(organisation: Organisation, invoice: Any) -> Payment:
    """At this version of the API an invoice names its payment through invoice payments alone."""
    client = client_of(organisation).v1
    wanted: Any = {"invoice": invoice.id, "expand": ["data.payment.payment_intent"]}
    paid = [one for one in client.invoice_payments.list(wanted).data if one.status == "paid"]
    intent: Any = paid[0].payment.payment_intent if paid else None
    charge: Any = None
    if intent and intent.latest_charge:
        charge = client.charges.retrieve(str(intent.latest_charge), {"expand": ["balance_transaction"]})
    booked = charge.balance_transaction if charge else None
    return Payment(
        # Without a charge no money came to Stripe: someone marked the invoice as paid elsewhere.
        state=Donation.State.PAID if charge else Donation.State.PENDING,
        amount_yen=invoice.amount_paid if invoice.currency == "jpy" else 0,
        reference=pledge_named(invoice),
        url="",
        payment_intent_id=intent.id if intent else "",
        charge_id=charge.id if charge else "",
        fee_yen=booked.fee if booked else None,
        paid_at=datetime.fromtimestamp(charge.created, UTC) if charge else None,
        customer_id=str(invoice.customer or ""),
    )


def pledge_named(invoice: Any) -> str:
    """The monthly gift that an invoice is a month of, or empty."""
    details = invoice.parent.subscription_details if invoice.parent else None
    return noted(details.metadata, "pledge") if details else ""


def change_amount(*, organisation: Organisation, pledge: Pledge, amount_yen: int) -> None:
    """Another amount from the next month on; nothing is charged now. Raises PaymentServiceAway."""
    with answers():
        client = client_of(organisation).v1
        item = client.subscriptions.retrieve(pledge.subscription_id)["items"].data[0]
        if item.price.unit_amount * (item.quantity or 1) == amount_yen:
            return
        price = {
            "currency": "jpy",
            "product": str(item.price.product),
            "unit_amount": amount_yen,
            "recurring": MONTHLY,
        }
        asked: Any = {
            "items": [{"id": item.id, "price_data": price, "quantity": 1}],
            "proration_behavior": "none",
        }
        client.subscriptions.update(pledge.subscription_id, asked)


def cancel(*, organisation: Organisation, pledge: Pledge) -> None:
    """No more charges from now on, nor another try of a declined one. Raises PaymentServiceAway."""
    try:
        with answers():
            client_of(organisation).v1.subscriptions.cancel(pledge.subscription_id)
    except PaymentPageRefused:
        log.info("a monthly gift was over at Stripe already")


def ask_for_card_page(*, organisation: Organisation, pledge: Pledge, back: str) -> str:
    """The address of Stripe's page for another card. Raises PaymentServiceAway, PaymentPageRefused."""
    asked: Any = {
        "customer": pledge.customer_id,
        "return_url": back,
        "locale": "ja" if pledge.language.startswith("ja") else "en",
        "flow_data": {
            "type": "payment_method_update",
            "after_completion": {"type": "redirect", "redirect": {"return_url": back}},
        },
    }
    with answers():
        return str(client_of(organisation).v1.billing_portal.sessions.create(asked).url)
