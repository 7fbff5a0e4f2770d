"""The hosted page, posted to as a browser without JavaScript would."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from stripe_standin.methods import METHODS
from stripe_standin.params import decode
from stripe_standin.words import EN, JA
from tests.stripe_standin.conftest import KEY, session_for
from tests.stripe_standin.running import Standin


class Fields(HTMLParser):
    """Collects labels, inputs and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append(dict(attrs))


def open_session(client: Any, **changes: Any) -> Any:
    return client.v1.checkout.sessions.create(session_for(**changes))


def test_the_page_says_who_what_and_how_much(standin: Standin, client: Any) -> None:
    standin.control("accounts", {"key": KEY, "name": "渋谷まなびの会"})
    made = open_session(client, customer_email="donor@example.jp")

    page = standin.ask("GET", made.url)

    for words in (JA["test_notice"], "渋谷まなびの会", "渋谷の学びへの寄付", "10,000円を支払う", ">戻る</a>"):
        assert words in page.text
    assert '<html lang="ja">' in page.text and 'value="donor@example.jp"' in page.text


def test_every_field_has_its_label_and_nothing_comes_from_elsewhere(standin: Standin, client: Any) -> None:
    page = standin.ask("GET", open_session(client).url)

    found = Fields(page.text).found
    assert [field["id"] for field in found["input"]] == [label["for"] for label in found["label"]]
    assert {link["href"] for link in found["link"]} == {"data:,", "/c/page.css"}
    assert not {"script", "img", "iframe", "style"} & set(found)
    assert not re.search(r"\sstyle=|\son[a-z]+=", page.text)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert policy.endswith("form-action 'self' http://127.0.0.1:8000")


def test_english_for_an_english_session(standin: Standin, client: Any) -> None:
    page = standin.ask("GET", open_session(client, locale="en").url)

    assert '<html lang="en">' in page.text and "Pay ¥10,000" in page.text
    assert set(JA) == set(EN)


def test_words_from_outside_are_escaped(standin: Standin, client: Any) -> None:
    standin.control("accounts", {"key": KEY, "name": "<script>alert(1)</script>"})
    made = open_session(client, cancel_url='http://127.0.0.1/"><script>alert(2)</script>')

    reply = standin.pay(made.url, email='"><script>alert(3)</script>')

    assert reply.status == 422 and "<script" not in reply.text


@pytest.mark.parametrize(
    ("card", "words"),
    [("4000000000000002", "generic_decline"), ("4000000000009995", "insufficient_funds")],
)
def test_a_declined_card_stays_on_the_page_and_another_pays(
    standin: Standin, client: Any, card: str, words: str
) -> None:
    made = open_session(client)

    refused = standin.pay(made.url, card=card)
    still: Any = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent.latest_charge"]})
    paid = standin.pay(made.url, card="４２４２４２４２４２４２４２４２")

    assert refused.status == 422 and JA[words] in refused.text and 'role="alert"' in refused.text
    assert (still.status, still.payment_status) == ("open", "unpaid")
    assert still.payment_intent.last_payment_error.code == "card_declined"
    assert still.payment_intent.latest_charge.status == "failed"
    assert paid.status == 303
    intents = client.v1.payment_intents.list().data
    assert [(one.status, one.amount_received) for one in intents] == [("succeeded", 10_000)]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "nobody", "bad_email"),
        ("card", "1234", "bad_card"),
        ("expiry", "13 / 34", "bad_expiry"),
        ("expiry", "12 / 20", "bad_expiry"),
        ("cvc", "1", "bad_cvc"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_tried(
    standin: Standin, client: Any, field: str, value: str, words: str
) -> None:
    made = open_session(client)
    good = {"email": "donor@example.jp", "card": "4242424242424242", "expiry": "12 / 34", "cvc": "123"}

    reply = standin.post_form(made.url, {**good, field: value})

    assert reply.status == 422 and JA[words] in reply.text
    assert f'href="#{field}"' in reply.text and f'aria-describedby="{field}-hint {field}-wrong"' in reply.text
    assert client.v1.payment_intents.list().data == []


def test_three_d_secure_asks_and_a_no_moves_nothing(standin: Standin, client: Any) -> None:
    made = open_session(client)
    fields = {"email": "donor@example.jp", "card": "4000002760003184", "expiry": "12/34", "cvc": "123"}
    asked = standin.post_form(made.url, fields)
    question = standin.ask("GET", asked.location)
    intent = client.v1.payment_intents.list().data[0]

    refused = standin.pay(made.url, card="4000002760003184", confirm=False)
    paid = standin.pay(made.url, card="4000002760003184")

    assert JA["3ds_yes"] in question.text and intent.status == "requires_action"
    assert refused.status == 422 and JA["authentication"] in refused.text
    assert f'action="/c/pay/{made.id}"' in refused.text  # the next try goes to the page, not to the question
    assert paid.status == 303 and paid.location.endswith(made.id)


def test_three_d_secure_can_be_asked_of_every_card(standin: Standin, client: Any) -> None:
    made = open_session(client, payment_method_options={"card": {"request_three_d_secure": "any"}})
    fields = {"email": "donor@example.jp", "card": "4242424242424242", "expiry": "12/34", "cvc": "123"}

    assert "/c/3ds/" in standin.post_form(made.url, fields).location


def test_a_double_click_pays_once(standin: Standin, client: Any) -> None:
    made = open_session(client)

    first, second = standin.pay(made.url), standin.pay(made.url)

    assert first.location == second.location
    assert len(client.v1.charges.list().data) == 1
    assert JA["complete_title"] in standin.ask("GET", made.url).text


def test_an_expired_page_says_so_and_takes_no_money(standin: Standin, client: Any) -> None:
    made = open_session(client)
    standin.control("advance", {"seconds": 86_401})

    reply = standin.pay(made.url)

    assert reply.status == 410 and JA["expired_title"] in reply.text
    assert client.v1.checkout.sessions.retrieve(made.id).status == "expired"
    assert client.v1.charges.list().data == []


def test_ten_declines_close_the_session(standin: Standin, client: Any) -> None:
    made = open_session(client)

    replies = [standin.pay(made.url, card="4000000000000002").status for _ in range(10)]

    assert replies == [422] * 9 + [410]
    assert standin.pay(made.url).status == 410


def test_an_unknown_page_is_404_in_words(standin: Standin) -> None:
    reply = standin.ask("GET", "/c/pay/cs_test_nothing")

    assert reply.status == 404 and JA["lost_title"] in reply.text


@pytest.mark.parametrize(
    ("amount_yen", "fee"),
    [(50, 2), (125, 5), (500, 18), (4_847, 174), (10_000, 360), (99_999_999, 3_600_000)],
)
def test_the_fee_is_three_point_six_per_cent_rounded_half_up(amount_yen: int, fee: int) -> None:
    assert METHODS["card"].fee_yen(amount_yen) == fee


def test_form_fields_become_nested_values() -> None:
    sent = "a[0][b]=1&a[1][b]=2&c[d]=%E5%AF%84&e=&types[]=x&types[]=y"

    assert decode(sent) == {"a": [{"b": "1"}, {"b": "2"}], "c": {"d": "寄"}, "e": "", "types": ["x", "y"]}
