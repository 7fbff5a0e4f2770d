"""What we rely on at Stripe. Against the stand-in always; against real test mode with STRIPE_TEST_KEY.

Only the part that needs a person on Stripe's own hosted page is asked of the stand-in alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stripe

from tests.stripe_standin.conftest import client_of, session_for
from tests.stripe_standin.running import Standin, running_standin, wait_for
from tests.stripe_standin.test_subscriptions import monthly, started

REAL_KEY = os.environ.get("STRIPE_TEST_KEY", "")
no_key = pytest.mark.skipif(
    not REAL_KEY.startswith("sk_test_"), reason="only with a key of Stripe's test mode: set STRIPE_TEST_KEY"
)


@pytest.fixture(params=["stand-in", pytest.param("stripe", marks=no_key)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "stripe":
        yield stripe.StripeClient(REAL_KEY, max_network_retries=2)
        return
    with running_standin(tmp_path) as standin:
        yield client_of(standin)


def refusal(call: Any) -> Any:
    """Returns the SDK's exception."""
    with pytest.raises(stripe.StripeError) as caught:
        call()
    return caught.value


def test_a_session_is_created_and_found_again(either: Any) -> None:
    made = either.v1.checkout.sessions.create(session_for(locale="ja", customer_email="donor@example.jp"))

    found = either.v1.checkout.sessions.retrieve(made.id, {"expand": ["line_items"]})

    assert (found.status, found.payment_status, found.ui_mode) == ("open", "unpaid", "hosted_page")
    assert (found.amount_total, found.currency, found.livemode) == (10_000, "jpy", False)
    assert found.client_reference_id == "gift-1" and found.metadata["donation"] == "gift-1"
    assert found.payment_intent is None  # it comes into being when someone pays
    assert found.url and found.url.startswith("http") and found.customer_email == "donor@example.jp"
    assert found.line_items.data[0].description == "渋谷の学びへの寄付"
    assert found.expires_at == found.created + 86_400


def test_an_expired_session_has_no_page_and_expires_once(either: Any) -> None:
    made = either.v1.checkout.sessions.create(session_for())

    expired = either.v1.checkout.sessions.expire(made.id)

    assert expired.status == "expired" and expired.url is None
    assert refusal(lambda: either.v1.checkout.sessions.expire(made.id)).http_status == 400


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"ui_mode": "hosted"}, "ui_mode", None),
        ({"locale": "xx"}, "locale", None),
        ({"success_url": "/thanks"}, "success_url", "url_invalid"),
        ({"no_such_thing": "1"}, "no_such_thing", "parameter_unknown"),
        ({"expires_at": int(time.time()) + 60}, "expires_at", None),
        ({"expires_at": int(time.time()) + 90_000}, "expires_at", None),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    either: Any, changes: dict[str, Any], param: str, code: str | None
) -> None:
    said = refusal(lambda: either.v1.checkout.sessions.create(session_for(**changes)))

    assert isinstance(said, stripe.InvalidRequestError)
    assert (said.http_status, said.param) == (400, param)
    assert code is None or said.code == code


@pytest.mark.parametrize(
    ("amount", "code"), [(49, "amount_too_small"), ("1000.5", "parameter_invalid_integer")]
)
def test_amounts_are_whole_yen_of_50_or_more(either: Any, amount: Any, code: str) -> None:
    said = refusal(lambda: either.v1.checkout.sessions.create(session_for(amount)))

    assert (said.http_status, said.code) == (400, code)


def test_the_same_key_and_parameters_make_one_session(either: Any) -> None:
    key: Any = {"idempotency_key": f"donation:{uuid4()}:session:1"}
    until = int(time.time()) + 3_600

    first = either.v1.checkout.sessions.create(session_for(expires_at=until), key)
    again = either.v1.checkout.sessions.create(session_for(expires_at=until), key)

    assert first.id == again.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    said = refusal(lambda: either.v1.checkout.sessions.create(session_for(20_000, expires_at=until), key))
    assert isinstance(said, stripe.IdempotencyError) and said.http_status == 400


def test_answers_name_the_version_and_the_request(either: Any) -> None:
    made = either.v1.checkout.sessions.create(session_for())

    assert made.last_response.headers["Stripe-Version"] == "2026-10-28.endive"
    assert made.last_response.request_id.startswith("req_")


def test_a_missing_thing_is_404_with_its_code(either: Any) -> None:
    for look in (either.v1.checkout.sessions.retrieve, either.v1.charges.retrieve):
        said = refusal(lambda look=look: look("cs_test_nothing"))
        assert (said.http_status, said.code) == (404, "resource_missing")


def test_a_customer_is_created_changed_and_listed(either: Any) -> None:
    email = f"donor-{uuid4()}@example.jp"

    made = either.v1.customers.create({"email": email, "metadata": {"donor": "1"}})
    either.v1.customers.update(made.id, {"name": "山田 花子"})

    found = either.v1.customers.list({"email": email}).data
    assert [(one.id, one.name, one.metadata["donor"]) for one in found] == [(made.id, "山田 花子", "1")]


def test_lists_go_on_page_by_page_newest_first(either: Any) -> None:
    made = [either.v1.checkout.sessions.create(session_for()).id for _ in range(5)]

    page = either.v1.checkout.sessions.list({"limit": 2})
    listed = [next(rows).id for rows in [page.auto_paging_iter()] for _ in range(5)]

    assert page.has_more and len(page.data) == 2
    assert listed == made[::-1]


def test_an_endpoint_tells_its_secret_once(either: Any, request: pytest.FixtureRequest) -> None:
    real = request.node.callspec.params["either"] == "stripe"
    url = "https://example.com/hooks" if real else "http://localhost:9/hooks"

    made = either.v1.webhook_endpoints.create({"url": url, "enabled_events": ["checkout.session.completed"]})
    try:
        found = either.v1.webhook_endpoints.retrieve(made.id)
        assert made.secret.startswith("whsec_")
        assert "secret" not in found and found.enabled_events == ["checkout.session.completed"]
    finally:
        assert either.v1.webhook_endpoints.delete(made.id).deleted


def test_a_wrong_key_is_an_authentication_error(either: Any) -> None:
    wrong: Any = {"api_key": "sk_live_never"}

    assert isinstance(refusal(lambda: either.v1.balance.retrieve({}, wrong)), stripe.AuthenticationError)


def test_every_way_to_pay_is_offered_on_one_page(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    asked = session_for(
        3_000,
        customer=customer.id,
        payment_method_types=["card", "konbini", "customer_balance"],
        payment_method_options={"konbini": {"expires_after_days": 7}, "customer_balance": transfer},
    )

    made = either.v1.checkout.sessions.create(asked)

    assert made.payment_method_types == ["card", "konbini", "customer_balance"]
    assert made.payment_method_options.konbini.expires_after_days == 7
    assert made.payment_method_options.customer_balance.bank_transfer.type == "jp_bank_transfer"
    assert (made.customer, made.payment_status) == (customer.id, "unpaid")


def test_a_bank_transfer_without_a_customer_is_refused(either: Any) -> None:
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    asked = session_for(
        payment_method_types=["customer_balance"], payment_method_options={"customer_balance": transfer}
    )

    assert refusal(lambda: either.v1.checkout.sessions.create(asked)).http_status == 400


def test_money_sent_by_bank_lies_in_the_cash_balance(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    empty = either.v1.customers.cash_balance.retrieve(customer.id)

    either.v1.test_helpers.customers.fund_cash_balance(customer.id, {"amount": 5_000, "currency": "jpy"})

    full = either.v1.customers.cash_balance.retrieve(customer.id)
    rows = either.v1.customers.cash_balance_transactions.list(customer.id).data
    assert not empty.available and full.available["jpy"] == 5_000
    assert [(row.type, row.net_amount) for row in rows] == [("funded", 5_000)]


def test_a_monthly_page_is_made_and_says_so(either: Any) -> None:
    price = {**session_for()["line_items"][0]["price_data"], "recurring": {"interval": "month"}}
    asked = {name: value for name, value in session_for().items() if name != "payment_intent_data"}
    asked.update(mode="subscription", line_items=[{"quantity": 1, "price_data": price}])

    made = either.v1.checkout.sessions.create({**asked, "subscription_data": {"metadata": {"pledge": "1"}}})
    crossed = refusal(lambda: either.v1.checkout.sessions.create({**asked, "mode": "payment"}))

    assert (made.mode, made.status, made.subscription, made.invoice) == ("subscription", "open", None, None)
    assert crossed.http_status == 400


def card_kept(either: Any, token: str) -> tuple[str, str]:
    """Returns customer and payment method, set up without a page."""
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    asked = {
        "customer": customer.id,
        "payment_method": token,
        "payment_method_types": ["card"],
        "usage": "off_session",
        "confirm": True,
    }
    setup = either.v1.setup_intents.create(asked)
    assert setup.status == "succeeded"
    return customer.id, setup.payment_method


def off_session(customer: str, method: str, amount_yen: int = 8_000) -> Any:
    return {
        "amount": amount_yen,
        "currency": "jpy",
        "customer": customer,
        "payment_method": method,
        "payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
    }


def test_a_kept_card_is_charged_without_its_owner(either: Any) -> None:
    asked = off_session(*card_kept(either, "pm_card_visa"))
    key: Any = {"idempotency_key": f"pledge:{uuid4()}"}

    first, again = (either.v1.payment_intents.create(asked, key) for _ in range(2))

    assert (first.id, first.status, first.amount_received) == (again.id, "succeeded", 8_000)


def test_a_kept_card_that_is_declined_is_402_with_its_intent(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_chargeCustomerFail")

    said = refusal(lambda: either.v1.payment_intents.create(off_session(customer, method)))

    assert isinstance(said, stripe.CardError) and (said.http_status, said.code) == (402, "card_declined")
    intent = said.error.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.payment_method.id == method


def test_a_page_that_saves_a_card_makes_its_customer_and_takes_no_amount(either: Any) -> None:
    left_out = ("line_items", "payment_intent_data")
    asked: Any = {name: value for name, value in session_for().items() if name not in left_out}
    noted = {"donation": "gift-1", "yen": "10000"}
    asked.update(
        mode="setup",
        currency="jpy",
        customer_creation="always",
        payment_method_types=["card"],
        customer_email="donor@example.jp",
        metadata=noted,
        setup_intent_data={"metadata": noted},
    )

    made = either.v1.checkout.sessions.create(asked)
    found = either.v1.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent"]})
    mixed = refusal(
        lambda: either.v1.checkout.sessions.create({**asked, "payment_intent_data": {"metadata": noted}})
    )

    assert (found.mode, found.status, found.amount_total) == ("setup", "open", None)
    assert (found.payment_status, found.payment_intent) == ("no_payment_required", None)
    assert found.metadata["yen"] == "10000" and found.setup_intent.metadata["donation"] == "gift-1"
    assert mixed.http_status == 400


def test_all_payments_of_a_customer_are_listed_with_charge_and_fee(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_visa")
    other = card_kept(either, "pm_card_visa")
    assert either.v1.payment_intents.list({"customer": customer}).data == []

    paid = either.v1.payment_intents.create(off_session(customer, method))
    either.v1.payment_intents.create(off_session(*other))

    asked: Any = {"customer": customer, "expand": ["data.latest_charge.balance_transaction"]}
    found = either.v1.payment_intents.list(asked).data
    assert [one.id for one in found] == [paid.id]
    assert (found[0].status, found[0].latest_charge.amount) == ("succeeded", 8_000)


def test_a_card_that_wants_its_owner_is_402_and_says_so(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"}).id
    method = either.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer})

    said = refusal(lambda: either.v1.payment_intents.create(off_session(customer, method.id)))

    assert (said.http_status, said.code) == (402, "authentication_required")
    found = either.v1.payment_intents.list({"customer": customer}).data
    assert [one.last_payment_error.code for one in found] == ["authentication_required"]


def test_a_detached_card_is_charged_never_again_and_detached_once(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_visa")

    assert either.v1.payment_methods.detach(method).customer is None

    for call in (
        lambda: either.v1.payment_methods.detach(method),
        lambda: either.v1.payment_intents.create(off_session(customer, method)),
    ):
        said = refusal(call)
        assert isinstance(said, stripe.InvalidRequestError) and said.http_status == 400
    assert either.v1.payment_intents.list({"customer": customer, "limit": 1}).data == []


def test_a_payment_by_kept_card_is_refunded_in_part(either: Any) -> None:
    paid = either.v1.payment_intents.create(off_session(*card_kept(either, "pm_card_visa")))

    part = either.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 3_000, "metadata": {"by": "office"}}
    )
    said = refusal(lambda: either.v1.refunds.create({"payment_intent": paid.id, "amount": 5_001}))

    assert (part.status, part.amount, part.metadata["by"]) == ("succeeded", 3_000, "office")
    assert said.http_status == 400


def test_the_portal_needs_a_customer(either: Any) -> None:
    said = refusal(lambda: either.v1.billing_portal.sessions.create({"customer": "cus_nobody"}))

    assert said.code == "resource_missing"


def test_what_is_not_there_is_404_for_every_noun(either: Any) -> None:
    v1 = either.v1
    for look in (v1.subscriptions, v1.invoices, v1.setup_intents, v1.refunds, v1.payouts, v1.disputes):
        assert refusal(lambda look=look: look.retrieve("xx_nothing")).http_status == 404


# From here on someone has to pay on the hosted page: the stand-in only.


def paid(standin: Standin, client: Any, amount_yen: int = 10_000, **how: Any) -> Any:
    """Returns the paid session with everything expanded, its charge on the books."""
    made = client.v1.checkout.sessions.create(session_for(amount_yen))
    reply = standin.pay(made.url or "", **how)
    assert (reply.status, reply.location) == (303, f"http://127.0.0.1:8000/gifts/1/?session={made.id}")
    wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}

    def look() -> Any:
        found = client.v1.checkout.sessions.retrieve(made.id, wanted)
        return found if found.payment_intent.latest_charge.balance_transaction else None

    return wait_for(look)


def test_a_paid_session_leads_to_charge_fee_and_net(standin: Standin, client: Any) -> None:
    session = paid(standin, client, 4_847)

    charge = session.payment_intent.latest_charge
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details.email == "donor@example.jp"
    assert session.payment_intent.metadata["donation"] == charge.metadata["donation"] == "gift-1"
    assert (charge.amount, charge.paid, charge.payment_method_details.card.last4) == (4_847, True, "4242")
    booked = charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net, booked.type) == (4_847, 174, 4_673, "charge")


def test_the_balance_transaction_comes_later(tmp_path: Path) -> None:
    with running_standin(tmp_path, settle_ms=60_000) as slow:
        client = client_of(slow)
        made = client.v1.checkout.sessions.create(session_for())
        slow.pay(made.url or "")

        wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        charge: Any = client.v1.checkout.sessions.retrieve(made.id, wanted).payment_intent.latest_charge

    assert charge.status == "succeeded" and charge.balance_transaction is None


def test_refunds_give_back_parts_until_nothing_is_left(standin: Standin, client: Any) -> None:
    charge = paid(standin, client, 10_000).payment_intent.latest_charge

    part = client.v1.refunds.create({"payment_intent": charge.payment_intent, "amount": 3_000})
    said = refusal(lambda: client.v1.refunds.create({"charge": charge.id, "amount": 7_001}))
    rest = client.v1.refunds.create({"charge": charge.id, "reason": "requested_by_customer"})
    again = refusal(lambda: client.v1.refunds.create({"charge": charge.id}))

    assert (part.amount, part.status, rest.amount) == (3_000, "succeeded", 7_000)
    assert (said.http_status, said.param, again.code) == (400, "amount", "charge_already_refunded")
    after: Any = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, len(after.refunds.data)) == (10_000, True, 2)


def test_a_payout_is_the_sum_of_its_transactions(standin: Standin, client: Any) -> None:
    charges = [paid(standin, client, amount).payment_intent.latest_charge for amount in (1_000, 2_000, 3_000)]
    client.v1.refunds.create({"charge": charges[0].id, "amount": 400})

    payout = standin.control("payouts", {"key": "sk_test_stand_in_one"})
    late = paid(standin, client, 9_000).payment_intent.latest_charge

    listing = client.v1.balance_transactions.list({"payout": payout["id"], "limit": 2})
    rows = list(listing.auto_paging_iter())
    assert sum(row.net for row in rows if row.type != "payout") == payout["amount"] == 5_384
    assert [row.net for row in rows if row.type == "payout"] == [-5_384]  # Stripe lists its own row too
    assert late.balance_transaction.id not in [row.id for row in rows]
    assert client.v1.payouts.list({"status": "paid"}).data[0].id == payout["id"]


def test_a_disputed_charge_loses_amount_and_fee(standin: Standin, client: Any) -> None:
    charge = paid(standin, client, 8_000, card="4000000000000259").payment_intent.latest_charge

    dispute = client.v1.disputes.list({"charge": charge.id}).data[0]

    assert (dispute.amount, dispute.status, dispute.balance_transactions[0].net) == (
        8_000,
        "needs_response",
        -9_500,
    )
    assert refusal(lambda: client.v1.refunds.create({"charge": charge.id})).code == "charge_disputed"
    standin.control("disputes/close", {"dispute": dispute.id, "status": "won"})
    assert client.v1.disputes.retrieve(dispute.id).status == "won"


def test_events_are_listed_by_type_and_time(standin: Standin, client: Any) -> None:
    session = paid(standin, client)

    since: Any = {
        "created": {"gte": session.created},
        "types": ["checkout.session.completed", "charge.updated"],
    }
    found = client.v1.events.list(since).data

    assert sorted(event.type for event in found) == ["charge.updated", "checkout.session.completed"]
    later: Any = {"created": {"gt": session.created + 600}}
    assert client.v1.events.list(later).data == []


def test_accounts_are_strangers(standin: Standin, client: Any) -> None:
    made = client.v1.checkout.sessions.create(session_for())
    other = client_of(standin, key="sk_test_stand_in_two")

    assert refusal(lambda: other.v1.checkout.sessions.retrieve(made.id)).http_status == 404
    assert other.v1.checkout.sessions.list().data == []
    assert client.v1.accounts.retrieve_current().id != other.v1.accounts.retrieve_current().id


def test_a_monthly_page_names_no_subscription_before_it_is_paid(either: Any) -> None:
    """What donations/stripe_gateway/monthly.py sends, with 3-D Secure as the shield asks for it."""
    guarded = {"card": {"request_three_d_secure": "any"}}
    asked = monthly(3_000, customer_email="donor@example.jp", payment_method_options=guarded, locale="ja")

    made = either.v1.checkout.sessions.create({**asked, "payment_method_types": ["card"]})

    found = either.v1.checkout.sessions.retrieve(made.id)
    assert (found.mode, found.status, found.subscription, found.payment_intent) == (
        "subscription",
        "open",
        None,
        None,
    )
    assert (found.amount_total, found.currency) == (3_000, "jpy") and found.url
    assert either.v1.checkout.sessions.expire(made.id).status == "expired"


@pytest.mark.parametrize("name", ["payment_intent_data", "no_such_thing"])
def test_a_monthly_page_takes_no_payment_data(either: Any, name: str) -> None:
    said = refusal(lambda: either.v1.checkout.sessions.create(monthly(**{name: {"metadata": {"a": "b"}}})))

    assert isinstance(said, stripe.InvalidRequestError) and said.http_status == 400


def test_what_is_read_of_a_month_stands_where_the_product_reads_it(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    standin.settled()

    found = client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    item, latest = found["items"].data[0], found.latest_invoice
    assert (found.status, found.cancel_at, found.cancellation_details.reason) == ("active", None, None)
    assert (item.price.unit_amount, item.quantity, found.currency) == (3_000, 1, "jpy")
    assert item.current_period_end > found.created and item.price.product
    assert (latest.status, latest.amount_paid, latest.currency, latest.next_payment_attempt) == (
        "paid",
        3_000,
        "jpy",
        None,
    )
    paid_ones = client.v1.invoices.list({"subscription": found.id, "status": "paid", "limit": 100}).data
    assert [one.id for one in paid_ones] == [latest.id]
    wanted: Any = {"invoice": latest.id, "expand": ["data.payment.payment_intent"]}
    (payment,) = client.v1.invoice_payments.list(wanted).data
    intent = payment.payment.payment_intent
    charge = client.v1.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})
    assert (payment.status, charge.balance_transaction.fee, charge.payment_intent) == ("paid", 108, intent.id)
    assert "pledge" not in intent.metadata  # so the way back is over the invoice
    back: Any = {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    (named,) = client.v1.invoice_payments.list(back).data
    invoice = client.v1.invoices.retrieve(named.invoice)
    assert invoice.billing_reason == "subscription_create"
    assert invoice.parent.subscription_details.metadata["pledge"] == "pledge-1"


def test_another_card_leads_home_when_the_page_was_asked_to(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    home = "http://127.0.0.1:8000/my/monthly/1/"
    flow: Any = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": home}},
    }
    asked: Any = {"customer": subscription.customer, "return_url": home, "flow_data": flow, "locale": "ja"}
    made = client.v1.billing_portal.sessions.create(asked)
    card = standin.ask("GET", made.url).location
    policy = standin.ask("GET", card).headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:8000" in policy  # a browser holds the way home to it

    saved = standin.post_form(card, {"card": "4242424242424242", "expiry": "12 / 40", "cvc": "123"})

    assert (saved.status, saved.location) == (303, home)
    after = client.v1.subscriptions.retrieve(subscription.id)
    assert after.default_payment_method != subscription.default_payment_method
