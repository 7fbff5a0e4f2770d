"""What we rely on at Stripe: pages, refusals, lists. Against the stand-in always; against test mode with STRIPE_TEST_KEY.

Beside it test_contract_*.py by noun. What needs a person on Stripe's own hosted page is asked of the stand-in alone.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
import stripe

from tests.stripe_standin.conftest import client_of, refusal, session_for
from tests.stripe_standin.running import Standin


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


def test_the_portal_needs_a_customer(either: Any) -> None:
    said = refusal(lambda: either.v1.billing_portal.sessions.create({"customer": "cus_nobody"}))

    assert said.code == "resource_missing"


def test_what_is_not_there_is_404_for_every_noun(either: Any) -> None:
    v1 = either.v1
    for look in (v1.subscriptions, v1.invoices, v1.setup_intents, v1.refunds, v1.payouts, v1.disputes):
        assert refusal(lambda look=look: look.retrieve("xx_nothing")).http_status == 404


def test_accounts_are_strangers(standin: Standin, client: Any) -> None:
    made = client.v1.checkout.sessions.create(session_for())
    other = client_of(standin, key="sk_test_stand_in_two")

    assert refusal(lambda: other.v1.checkout.sessions.retrieve(made.id)).http_status == 404
    assert other.v1.checkout.sessions.list().data == []
    assert client.v1.accounts.retrieve_current().id != other.v1.accounts.retrieve_current().id
