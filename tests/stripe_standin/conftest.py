"""One stand-in per test, a client of the real SDK, and a receiver of webhooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.stripe_standin.receiver import Receiver, receiving
from tests.stripe_standin.running import Standin, running_standin

KEY = "sk_test_stand_in_one"
REAL_KEY = os.environ.get("STRIPE_TEST_KEY", "")
no_key = pytest.mark.skipif(
    not REAL_KEY.startswith("sk_test_"), reason="only with a key of Stripe's test mode: set STRIPE_TEST_KEY"
)
SESSION: dict[str, Any] = {
    "mode": "payment",
    "ui_mode": "hosted_page",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "jpy",
                "unit_amount": 10_000,
                "product_data": {"name": "渋谷の学びへの寄付"},
            },
        }
    ],
    "success_url": "http://127.0.0.1:8000/gifts/1/?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://127.0.0.1:8000/campaigns/1/",
    "client_reference_id": "gift-1",
    "metadata": {"donation": "gift-1"},
    "payment_intent_data": {"metadata": {"donation": "gift-1"}, "description": "寄付"},
}


@pytest.fixture(autouse=True)
def frozen_day() -> None:
    """Here the clock runs: the stand-in is a process of its own and its signatures are of the day."""


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[Standin]:
    with running_standin(tmp_path / "standin") as running:
        yield running


@pytest.fixture
def client(standin: Standin) -> Any:
    return client_of(standin)


def client_of(standin: Standin, *, key: str = KEY, retries: int = 0) -> Any:
    """A client of the real SDK; Any, since its answers are typed as if nothing were ever expanded."""
    addresses: Any = {"api": standin.base_url}
    return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=retries)


@pytest.fixture(params=["stand-in", pytest.param("stripe", marks=no_key)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The stand-in always, and real test mode when a key is given."""
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


@pytest.fixture
def receiver(standin: Standin) -> Iterator[Receiver]:
    with receiving() as listening:
        standin.control("webhooks", {"key": KEY, "url": listening.url, "secret": listening.secret})
        yield listening


def session_for(amount_yen: int = 10_000, **changes: Any) -> Any:
    """The parameters of one gift; `changes` replace whole parameters."""
    item = SESSION["line_items"][0]
    price = {**item["price_data"], "unit_amount": amount_yen}
    return {**SESSION, "line_items": [{**item, "price_data": price}], **changes}
