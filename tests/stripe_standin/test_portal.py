"""The billing portal: a monthly donor changes the card or ends the gift."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_standin.words import EN, JA
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin
from tests.stripe_standin.test_subscriptions import FAILS_LATER, MONTH, invoices_of, started

HOME = "http://127.0.0.1:8000/giving/"
CARD = {"card": "5555 5555 5555 4444", "expiry": "12/34", "cvc": "123"}


def portal_of(client: Any, subscription: Any, **more: Any) -> Any:
    asked = {"customer": subscription.customer, "return_url": HOME, **more}
    return client.v1.billing_portal.sessions.create(asked)


@pytest.mark.parametrize(("locale", "words"), [("ja", JA), ("en", EN)])
def test_it_shows_what_runs(standin: Standin, client: Any, locale: str, words: dict[str, str]) -> None:
    made = portal_of(client, started(standin, client), locale=locale)

    page = standin.ask("GET", made.url)

    assert (made.object, made.return_url, made.livemode) == ("billing_portal.session", HOME, False)
    assert page.status == 200 and f'href="{HOME}"' in page.text
    for text in (
        words["portal_title"],
        "毎月の寄付",
        words["portal_card"],
        words["portal_end"],
        "•••• 4242",
        "3,000",
    ):
        assert text in page.text


def test_a_new_card_pays_from_the_next_month_on(standin: Standin, client: Any, receiver: Receiver) -> None:
    subscription = started(standin, client, card=FAILS_LATER)
    made = portal_of(client, subscription)

    wrong = standin.post_form(f"{made.url}/card", {**CARD, "cvc": ""})
    refused = standin.post_form(f"{made.url}/card", {**CARD, "card": "4000000000000002"})
    saved = standin.post_form(f"{made.url}/card", CARD)
    standin.control("advance", {"seconds": MONTH})
    standin.settled()

    assert JA["bad_cvc"] in wrong.text and JA["generic_decline"] in refused.text
    assert JA["portal_done_card"] in standin.ask("GET", saved.location).text
    assert [row.status for row in invoices_of(client, subscription)] == ["paid", "paid"]
    customer = client.v1.customers.retrieve(subscription.customer)
    after = client.v1.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    assert after.default_payment_method.card.last4 == "4444"
    assert customer.invoice_settings.default_payment_method == after.default_payment_method.id
    assert {"payment_method.attached", "customer.updated"} <= set(receiver.types())


def test_an_end_takes_effect_when_the_paid_month_is_over(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    made = portal_of(client, subscription)

    asked = standin.ask("GET", f"{made.url}/end?subscription={subscription.id}")
    ended = standin.post_form(f"{made.url}/end", {"subscription": subscription.id, "outcome": "end"})
    still = client.v1.subscriptions.retrieve(subscription.id)
    shown = standin.ask("GET", ended.location)
    standin.post_form(f"{made.url}/end", {"subscription": subscription.id, "outcome": "go_on"})

    assert JA["portal_end_yes"] in asked.text and JA["portal_done_end"] in shown.text
    assert (still.status, still.cancel_at_period_end) == ("active", True)
    assert JA["portal_ends"] in shown.text and JA["portal_go_on"] in shown.text
    assert not client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end


def test_a_flow_opens_its_page_at_once(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    end: Any = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}

    to_card = standin.ask(
        "GET", portal_of(client, subscription, flow_data={"type": "payment_method_update"}).url
    )
    to_end = standin.ask("GET", portal_of(client, subscription, flow_data=end).url)

    assert to_card.location.endswith("/card")
    assert to_end.location.endswith(f"/end?subscription={subscription.id}")


def test_a_stranger_s_subscription_is_not_found(standin: Standin, client: Any) -> None:
    mine, other = started(standin, client), started(standin, client)
    made = portal_of(client, mine)

    reply = standin.post_form(f"{made.url}/end", {"subscription": other.id, "outcome": "end"})

    assert reply.status == 404 and not client.v1.subscriptions.retrieve(other.id).cancel_at_period_end
    assert standin.ask("GET", f"{made.url}/end?subscription={other.id}").status == 404
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.billing_portal.sessions.create({"customer": "cus_nobody"})
