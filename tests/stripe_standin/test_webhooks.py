"""Signed webhooks: what is sent, that the SDK accepts it, and what happens when nobody listens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_standin.books import Books
from stripe_standin.customers import create
from stripe_standin.deliver import Clockwork
from stripe_standin.endpoints import set_fixed
from stripe_standin.signature import sign
from stripe_standin.store import Store
from tests.stripe_standin.conftest import KEY, client_of, session_for
from tests.stripe_standin.receiver import Receiver, receiving
from tests.stripe_standin.running import Standin, wait_for

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]
BODY = '{"object": "event", "id": "evt_1", "note": "寄付"}'.encode()


def test_our_signature_is_the_one_the_sdk_makes_and_accepts() -> None:
    now = int(time.time())

    ours = sign(BODY, secret="whsec_1", at=now)

    theirs = stripe.WebhookSignature.generate_signature_header(BODY.decode(), "whsec_1", now)
    assert ours == theirs
    assert stripe.Webhook.construct_event(BODY, ours, "whsec_1").id == "evt_1"


@pytest.mark.parametrize(
    ("body", "secret", "age"),
    [(BODY.replace(b"evt_1", b"evt_2"), "whsec_1", 0), (BODY, "whsec_2", 0), (BODY, "whsec_1", 301)],
    ids=["altered body", "another secret", "too old"],
)
def test_the_sdk_refuses_forged_and_old_signatures(body: bytes, secret: str, age: int) -> None:
    mark = sign(BODY, secret="whsec_1", at=int(time.time()) - age)

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, mark, secret)


def test_a_payment_is_told_by_signed_events(standin: Standin, client: Any, receiver: Receiver) -> None:
    made = client.v1.checkout.sessions.create(session_for())
    standin.pay(made.url or "")
    standin.settled()

    assert receiver.types() == PAID
    completed = receiver.events()[3]
    assert completed.data.object["id"] == made.id
    assert completed.data.object["payment_status"] == "paid"
    assert (completed.api_version, completed.livemode) == ("2026-10-28.endive", False)
    assert (completed.pending_webhooks, completed.request.id) == (1, None)  # type: ignore[union-attr]
    assert client.v1.events.retrieve(completed.id).pending_webhooks == 0
    updated = receiver.events()[4]
    assert updated.data.object["balance_transaction"].startswith("txn_")
    assert updated.data["previous_attributes"].to_dict() == {"balance_transaction": None}


def test_a_refund_names_the_request_that_caused_it(standin: Standin, client: Any, receiver: Receiver) -> None:
    made = client.v1.checkout.sessions.create(session_for())
    standin.pay(made.url or "")
    standin.settled()
    intent = str(client.v1.checkout.sessions.retrieve(made.id).payment_intent)

    client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "refund:1"})
    standin.settled()

    assert receiver.types()[5:] == ["refund.created", "charge.refunded"]
    assert receiver.events()[-1].request.idempotency_key == "refund:1"  # type: ignore[union-attr]


def test_expiry_disputes_and_payouts_are_told(standin: Standin, client: Any, receiver: Receiver) -> None:
    lapsed = client.v1.checkout.sessions.create(session_for())
    standin.control("advance", {"seconds": 90_000})
    disputed = client.v1.checkout.sessions.create(session_for())
    standin.pay(disputed.url or "", card="4000000000000259")
    standin.settled()
    normal = client.v1.checkout.sessions.create(session_for())
    standin.pay(normal.url or "")
    standin.settled()
    standin.control("payouts", {"key": KEY})
    standin.settled()

    told = [(event.type, event.data.object["id"]) for event in receiver.events()]
    assert told[0] == ("checkout.session.expired", lapsed.id)
    assert [kind for kind, _ in told[6:8]] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert [kind for kind, _ in told[-3:]] == [
        "payout.created",
        "payout.paid",
        "payout.reconciliation_completed",
    ]


def test_an_endpoint_of_the_api_gets_only_what_it_asked_for(standin: Standin, client: Any) -> None:
    with receiving() as receiver:
        made = client.v1.webhook_endpoints.create(
            {"url": receiver.url, "enabled_events": ["checkout.session.completed"]}
        )
        receiver.secret = made.secret or ""
        session = client.v1.checkout.sessions.create(session_for())
        standin.pay(session.url or "")
        standin.settled()

        assert receiver.types() == ["checkout.session.completed"]


def test_another_account_hears_nothing(standin: Standin, receiver: Receiver) -> None:
    other = client_of(standin, key="sk_test_stand_in_two")

    session = other.v1.checkout.sessions.create(session_for())
    standin.pay(session.url or "")
    standin.settled()

    assert receiver.bodies == []


def test_a_failed_delivery_is_repeated_until_it_is_heard(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    receiver.answers[:] = [500, 302]
    client.v1.customers.create({"email": "donor@example.jp"})

    wait_for(lambda: len(receiver.bodies) == 3)
    standin.settled()

    journal = standin.control("deliveries?type=customer.created")["deliveries"]
    assert [attempt["status"] for attempt in journal[0]["attempts"]] == [500, 302, 200]
    assert len({event.id for event in receiver.events()}) == 1


def test_a_lane_is_free_only_after_its_delivery_is_noted(tmp_path: Path) -> None:
    """Else the clockwork may find it still waiting and send it once more (seen 4 times in 1,500)."""
    store, seen = Store(tmp_path), []
    clockwork = Clockwork(store)

    class Watched(set[str]):
        def discard(self, endpoint: object) -> None:
            seen.append(store.all("acct_1", "delivery")[0]["state"])
            super().discard(str(endpoint))

    clockwork._busy = Watched()
    with receiving() as receiver:
        with store.change():
            books = Books(store, "acct_1")
            set_fixed(books, url=receiver.url, secret=receiver.secret)
            create(books, {})
        clockwork.start()
        wait_for(lambda: seen)
        clockwork.stop()

    assert seen == ["delivered"]


def test_a_fixed_endpoint_set_twice_is_one(standin: Standin, client: Any) -> None:
    told = {"key": KEY, "url": "http://127.0.0.1:9/hooks", "secret": "whsec_12345678"}

    first, second = standin.control("webhooks", told), standin.control("webhooks", told)

    assert first["id"] == second["id"]
    assert len(client.v1.webhook_endpoints.list().data) == 1


@pytest.mark.parametrize("url", ["https://example.com/hooks", "http://10.0.0.1/hooks", "ftp://localhost/"])
def test_webhooks_go_to_this_machine_only(client: Any, url: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})

    assert caught.value.code == "url_invalid"
