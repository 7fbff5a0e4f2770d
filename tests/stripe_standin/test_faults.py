"""Faults on order, restarts, and the stand-in's own books."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_standin.store import Store
from tests.stripe_standin.conftest import KEY, client_of, session_for
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import HOUSE, Standin, running_standin, wait_for
from tests.stripe_standin.test_webhooks import PAID


def pay_once(standin: Standin, client: Any, amount_yen: int = 10_000) -> str:
    made = client.v1.checkout.sessions.create(session_for(amount_yen))
    assert standin.pay(made.url or "").status == 303
    return str(made.id)


def test_shuffled_events_come_in_another_order(standin: Standin, client: Any, receiver: Receiver) -> None:
    standin.control("faults", {"shuffle": {"seed": 3, "window_ms": 300}})

    pay_once(standin, client)
    standin.settled()

    assert sorted(receiver.types()) == sorted(PAID) and receiver.types() != PAID


def test_held_events_are_released_in_the_order_asked_for(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    standin.control("faults", {"hold": True})
    pay_once(standin, client)
    wait_for(lambda: standin.control("deliveries")["counts"] == {"held": 5})
    assert receiver.bodies == []

    standin.control("release", {"order": PAID[::-1]})
    standin.settled()

    assert receiver.types() == PAID[::-1]


@pytest.mark.parametrize("together", [False, True])
def test_duplicates_are_the_same_event(
    standin: Standin, client: Any, receiver: Receiver, together: bool
) -> None:
    standin.control("faults", {"duplicate": 2, "together": together})

    client.v1.customers.create({})
    standin.settled()

    assert len(receiver.bodies) == 3
    assert len({event.id for event in receiver.events()}) == 1


def test_a_dropped_event_comes_when_it_is_sent_again(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    standin.control("faults", {"drop": ["checkout.session.completed"]})
    pay_once(standin, client)
    standin.settled()
    assert "checkout.session.completed" not in receiver.types()

    dropped = standin.control("deliveries?type=checkout.session.completed")["deliveries"][0]
    standin.control("deliver_again", {"event": dropped["event"]})
    standin.settled()
    pay_once(standin, client)  # the next one of its type is not dropped
    standin.settled()

    assert receiver.types().count("checkout.session.completed") == 2


def test_a_lost_answer_is_found_again_by_its_key(standin: Standin, client: Any) -> None:
    standin.control("faults", {"timeout_after_commit": 1})
    key: Any = {"idempotency_key": "donation:1:session:1"}
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(session_for(), key)

    again = client.v1.checkout.sessions.create(session_for(), key)

    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert [row.id for row in client.v1.checkout.sessions.list().data] == [again.id]


@pytest.mark.parametrize(("status", "kind"), [(429, stripe.RateLimitError), (500, stripe.APIError)])
def test_ordered_errors_write_nothing_and_pass(
    standin: Standin, client: Any, status: int, kind: type[Exception]
) -> None:
    standin.control("faults", {"api_errors": {"status": status, "count": 1}})
    key: Any = {"idempotency_key": "donation:1:session:1"}

    with pytest.raises(kind):
        client.v1.checkout.sessions.create(session_for(), key)

    assert client.v1.checkout.sessions.list().data == []
    made = client.v1.checkout.sessions.create(session_for(), key)
    assert "Idempotent-Replayed" not in made.last_response.headers


def test_the_sdk_gets_through_by_itself(standin: Standin) -> None:
    standin.control("faults", {"api_errors": {"status": 503, "count": 1}, "timeout_after_commit": 1})
    patient = client_of(standin, retries=3)

    made = patient.v1.checkout.sessions.create(session_for())

    assert [row.id for row in patient.v1.checkout.sessions.list().data] == [made.id]


def test_one_key_sent_ten_times_at_once_makes_one_session(standin: Standin, client: Any) -> None:
    key: Any = {"idempotency_key": "donation:1:session:1"}

    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: client.v1.checkout.sessions.create(session_for(), key).id, range(10)))

    assert len(set(made)) == 1
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_a_killed_server_remembers_everything(tmp_path: Path) -> None:
    with running_standin(tmp_path, settle_ms=60_000) as standin:
        client = client_of(standin)
        key: Any = {"idempotency_key": "donation:1:session:1"}
        made = client.v1.checkout.sessions.create(session_for(), key)
        standin.pay(made.url or "")
        standin.stop(kill=True)
        with (tmp_path / "journal.jsonl").open("a") as journal:
            journal.write('[["acct_torn", "charge"')  # it died while writing
        standin.settle_ms = 50
        standin.start()

        again = client.v1.checkout.sessions.create(session_for(), key)
        found: Any = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})

        assert again.id == made.id
        assert found.payment_intent.status == "succeeded"
        assert "acct_torn" not in standin.control("ledger")["accounts"]


def test_two_servers_cannot_share_a_folder(standin: Standin) -> None:
    command = [sys.executable, "-m", "stripe_standin", "--port", "0", "--data", str(standin.data)]

    ended = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=10)

    assert ended.returncode == 2 and "in use" in ended.stderr


def test_a_change_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.change():
        store.put("acct_1", "charge", {"id": "ch_1", "amount": 1})

    with pytest.raises(ZeroDivisionError), store.change():
        store.put("acct_1", "charge", {"id": "ch_1", "amount": 2})
        store.put("acct_1", "charge", {"id": "ch_2", "amount": 3})
        raise ZeroDivisionError

    assert store.all("acct_1", "charge") == [{"id": "ch_1", "amount": 1}]
    assert (tmp_path / "journal.jsonl").read_text().count("\n") == 1


def test_the_ledger_is_an_outside_witness(standin: Standin, client: Any) -> None:
    pay_once(standin, client, 10_000)
    second = pay_once(standin, client, 4_847)
    standin.settled()
    intent = str(client.v1.checkout.sessions.retrieve(second).payment_intent)
    client.v1.refunds.create({"payment_intent": intent, "amount": 847})

    books = next(iter(standin.control("ledger")["accounts"].values()))

    assert (books["charged_yen"], books["fees_yen"], books["refunded_yen"]) == (14_847, 534, 847)
    assert (books["balance_yen"], books["agrees"]) == (13_466, True)
    assert [row["client_reference_id"] for row in books["payments"]] == ["gift-1", "gift-1"]


def test_reset_empties_the_books_and_may_keep_webhooks(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    pay_once(standin, client)
    standin.settled()

    standin.control("reset", {"keep_webhooks": True})

    assert client.v1.charges.list().data == []
    assert len(client.v1.webhook_endpoints.list().data) == 1
    standin.control("reset", {})
    assert client.v1.webhook_endpoints.list().data == []


def test_a_page_in_a_browser_cannot_reach_the_control(standin: Standin) -> None:
    plain = standin.ask("POST", "/_control/reset", body=b"{}", headers={"Content-Type": "text/plain"})
    foreign = standin.ask("GET", "/_control/ledger", headers={"Host": "evil.example"})

    assert (plain.status, foreign.status) == (415, 421)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::"])
def test_it_serves_loopback_only(tmp_path: Path, host: str) -> None:
    command = [sys.executable, "-m", "stripe_standin", "--port", "0", "--data", str(tmp_path), "--host", host]

    ended = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=10)

    assert ended.returncode == 2 and "this machine only" in ended.stderr


def test_the_payout_door_needs_something_to_pay(standin: Standin) -> None:
    with pytest.raises(AssertionError, match="Nothing to pay out"):
        standin.control("payouts", {"key": KEY})
