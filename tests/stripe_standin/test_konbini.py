"""Konbini: numbers first, cash at a till later, or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from stripe_standin.konbini import last_second
from stripe_standin.words import EN, JA
from tests.stripe_standin.conftest import client_of, session_for
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin, running_standin

TYPES: Any = {"payment_method_types": ["card", "konbini"]}


def numbers_given(standin: Standin, client: Any, amount_yen: int = 3_000, **changes: Any) -> Any:
    """Returns the session of a payer who holds the numbers, its intent expanded."""
    made = client.v1.checkout.sessions.create(session_for(amount_yen, **{**TYPES, **changes}))
    assert "/c/voucher/pi_" in standin.pay_by("konbini", made.url).location
    return client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})


def test_the_session_is_complete_and_unpaid_with_numbers_for_every_store(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    options = {"konbini": {"expires_after_days": 5}}
    session = numbers_given(standin, client, payment_method_options=options)
    standin.settled()

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_method_options.konbini.expires_after_days == 5
    assert session.customer_details.name == "寄付 花子" and session.customer_details.phone == "090-1234-5678"
    intent = session.payment_intent
    assert (intent.status, intent.next_action.type) == ("requires_action", "konbini_display_details")
    details = intent.next_action.konbini_display_details
    assert set(details.stores.to_dict()) == {"familymart", "lawson", "ministop", "seicomart"}
    assert (
        details.stores.lawson.payment_code.isdigit() and details.stores.lawson.confirmation_number.isdigit()
    )
    until = datetime.fromtimestamp(details.expires_at, UTC) + timedelta(hours=9)
    today = datetime.fromtimestamp(session.created, UTC) + timedelta(hours=9)
    assert until.time().isoformat() == "23:59:59" and (until.date() - today.date()).days == 5
    assert details.hosted_voucher_url == f"{standin.base_url}/c/voucher/{intent.id}"
    assert receiver.types() == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "checkout.session.completed",
    ]
    assert client.v1.charges.list().data == []


def test_cash_at_the_till_pays_the_session(standin: Standin, client: Any, receiver: Receiver) -> None:
    session = numbers_given(standin, client)
    standin.control("konbini/pay", {"session": session.id, "store": "lawson"})
    standin.settled()

    wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    paid = client.v1.checkout.sessions.retrieve(session.id, wanted)
    charge = paid.payment_intent.latest_charge
    assert (paid.payment_status, paid.payment_intent.status) == ("paid", "succeeded")
    assert charge.payment_method_details.konbini.store.chain == "lawson"
    booked = charge.balance_transaction
    assert (booked.type, booked.reporting_category, booked.fee) == ("payment", "charge", 120)  # the least fee
    assert receiver.types()[3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "charge.updated",
    ]


@pytest.mark.parametrize("by_the_clock", [True, False])
def test_numbers_nobody_used_expire(
    standin: Standin, client: Any, receiver: Receiver, by_the_clock: bool
) -> None:
    session = numbers_given(standin, client)

    if by_the_clock:
        standin.control("advance", {"seconds": 4 * 86_400})
    else:
        standin.control("konbini/expire", {"payment_intent": session.payment_intent.id})
    intent = client.v1.payment_intents.retrieve(session.payment_intent.id)
    standin.settled()

    assert (intent.status, intent.next_action) == ("requires_payment_method", None)
    assert intent.last_payment_error.code == "payment_intent_payment_attempt_expired"
    after = client.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.payment_status) == ("complete", "unpaid")
    assert receiver.types()[3:] == ["payment_intent.payment_failed", "checkout.session.async_payment_failed"]
    with pytest.raises(AssertionError, match="does not wait"):
        standin.control("konbini/pay", {"session": session.id})


@pytest.mark.parametrize(
    ("amount", "code"),
    [(119, "amount_too_small"), (300_001, "amount_too_large"), (120, None), (300_000, None)],
)
def test_a_store_takes_120_to_300_000_yen(client: Any, amount: int, code: str | None) -> None:
    def make() -> Any:
        return client.v1.checkout.sessions.create(session_for(amount, **TYPES))

    if code is None:
        assert make().status == "open"
        return
    with pytest.raises(stripe.InvalidRequestError) as caught:
        make()
    assert (caught.value.code, caught.value.param) == (code, "payment_method_types")


@pytest.mark.parametrize("days", [0, 61])
def test_numbers_hold_1_to_60_days(client: Any, days: int) -> None:
    options = {"konbini": {"expires_after_days": days}}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(session_for(payment_method_options=options, **TYPES))

    assert caught.value.param == "payment_method_options[konbini][expires_after_days]"


def test_the_payer_chooses_between_the_ways_offered(standin: Standin, client: Any) -> None:
    made = client.v1.checkout.sessions.create(session_for(**TYPES))

    first = standin.ask("GET", made.url).text
    konbini = standin.ask("GET", f"{made.url}?method=konbini").text
    wrong = standin.post_form(f"{made.url}?method=konbini", {"email": "donor@example.jp"})

    assert 'id="card"' in first and f'href="/c/pay/{made.id}?method=konbini"' in first
    assert 'id="phone"' in konbini and 'id="card"' not in konbini and JA["konbini_button"] in konbini
    assert wrong.status == 422 and JA["bad_name"] in wrong.text and JA["bad_phone"] in wrong.text
    assert standin.pay(made.url).status == 303  # the card is still a way


@pytest.mark.parametrize(("locale", "words"), [("ja", JA), ("en", EN)])
def test_the_voucher_shows_the_numbers_and_plays_the_till(
    standin: Standin, client: Any, locale: str, words: dict[str, str]
) -> None:
    session = numbers_given(standin, client, locale=locale)
    details = session.payment_intent.next_action.konbini_display_details

    voucher = standin.ask("GET", details.hosted_voucher_url)
    standin.post_form(details.hosted_voucher_url, {"outcome": "pay"})
    after = standin.ask("GET", details.hosted_voucher_url)

    assert words["voucher_title"] in voucher.text and words["store_seicomart"] in voucher.text
    assert details.stores.familymart.payment_code in voucher.text
    assert f"http://127.0.0.1:8000/gifts/1/?session={session.id}" in voucher.text
    assert words["slip_paid_title"] in after.text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_numbers_are_known_after_a_restart(tmp_path: Any) -> None:
    with running_standin(tmp_path) as standin:
        client = client_of(standin)
        session = numbers_given(standin, client)
        standin.control("advance", {"seconds": 3_600})
        standin.stop(kill=True)
        standin.start()

        assert client.v1.checkout.sessions.create(session_for()).created >= session.created + 3_500
        standin.control("konbini/pay", {"session": session.id})
        assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_last_second_is_japanese() -> None:
    just_before_midnight = int(datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC).timestamp())

    assert last_second(just_before_midnight, 1) == int(
        datetime(2027, 4, 1, 14, 59, 59, tzinfo=UTC).timestamp()
    )
    assert last_second(just_before_midnight + 1, 1) == last_second(just_before_midnight, 2)
