"""donations.webhooks: Stripe's door. Forged, old, foreign and live events leave nothing behind."""

import json
import time
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
import stripe
from django.db import transaction
from django.test import Client

from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Organisation, WebhookEvent
from donations.sweep import sweep
from kernel.clock import now
from outbox.models import Message
from programs.models import Membership, Program
from tests.donations.conftest import KEY, SECRET, begin, make_organisation, moved, work_off
from tests.donations.test_confirm import legs
from tests.stripe_standin.receiver import receiving
from tests.stripe_standin.running import Standin, wait_for

EVENTS = ("payment_intent.succeeded", "charge.succeeded", "checkout.session.completed", "charge.updated")


def event_about(donation: Donation, **changes: Any) -> bytes:
    said = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "data": {"object": {"id": "pi_1", "metadata": {"donation": str(donation.reference)}}},
    }
    return json.dumps({**said, **changes}, ensure_ascii=False).encode()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    moment = int(time.time() if at is None else at)
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, moment)


def deliver_to(
    client: Client, program: Program, organisation: Organisation, body: bytes, signature: str
) -> int:
    address = f"/{program.slug}/webhooks/stripe/{organisation.endpoint}/"
    headers = {"Stripe-Signature": signature}
    return client.post(address, body, content_type="application/json", headers=headers).status_code


def nothing_stored() -> bool:
    return not WebhookEvent.objects.exists() and not Message.objects.exists()


def test_a_signed_event_is_stored_once_and_leaves_one_message(
    client: Client, program: Program, campaign: Campaign
) -> None:
    donation = begin(campaign)
    body = event_about(donation)

    for _ in range(3):
        assert deliver_to(client, program, campaign.organisation, body, signed(body)) == 200

    assert WebhookEvent.objects.get().kind == "payment_intent.succeeded"
    assert Message.objects.get().about == donation.source


def test_a_forged_byte_is_refused(client: Client, program: Program, campaign: Campaign) -> None:
    body = event_about(begin(campaign))
    mark = signed(body)

    for place in range(0, len(body), 7):
        forged = bytearray(body)
        forged[place] ^= 1
        assert deliver_to(client, program, campaign.organisation, bytes(forged), mark) == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "mark", ["", "nonsense", "t=1", "t=1,v1=", "t=x,v1=ab", "t=1,v0=ab", "v1=" + "0" * 64, "t=1,v1=ｅ"]
)
def test_a_signature_that_is_none_is_refused(
    client: Client, program: Program, campaign: Campaign, mark: str
) -> None:
    body = event_about(begin(campaign))

    assert deliver_to(client, program, campaign.organisation, body, mark) == 400
    assert nothing_stored()


@pytest.mark.parametrize(("age", "answer"), [(0, 200), (299, 200), (301, 400), (86_400, 400)])
def test_an_old_signature_is_refused(
    client: Client, program: Program, campaign: Campaign, age: int, answer: int
) -> None:
    body = event_about(begin(campaign))
    mark = signed(body, at=time.time() - age)

    assert deliver_to(client, program, campaign.organisation, body, mark) == answer
    assert nothing_stored() is (answer == 400)


def test_another_organisations_secret_is_refused(
    client: Client, program: Program, campaign: Campaign, office: Membership
) -> None:
    other = make_organisation(office, key="sk_test_other", secret="whsec_other")
    body = event_about(begin(campaign))

    assert deliver_to(client, program, campaign.organisation, body, signed(body, secret="whsec_other")) == 400
    assert deliver_to(client, program, other, body, signed(body)) == 400
    assert nothing_stored()


def test_an_event_of_another_organisation_touches_no_gift(
    client: Client, program: Program, campaign: Campaign, office: Membership
) -> None:
    """Its own signature is right, but the gift it names is not its own."""
    other = make_organisation(office, key="sk_test_other", secret="whsec_other")
    body = event_about(begin(campaign))

    assert deliver_to(client, program, other, body, signed(body, secret="whsec_other")) == 200
    assert Message.objects.get().topic == "stripe_unknown"  # it becomes a question, about no gift


def test_a_live_event_on_a_test_organisation_is_refused(
    client: Client, program: Program, campaign: Campaign
) -> None:
    body = event_about(begin(campaign), livemode=True)

    assert deliver_to(client, program, campaign.organisation, body, signed(body)) == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"id":"evt_1","type":"x","data":{"object":"no"}}']
)
def test_a_body_that_is_no_event_is_refused(
    client: Client, program: Program, campaign: Campaign, body: bytes
) -> None:
    mark = signed(body) if b"\xff" not in body else "t=1,v1=00"

    assert deliver_to(client, program, campaign.organisation, body, mark) == 400
    assert nothing_stored()


def test_an_unknown_endpoint_and_another_program_are_missing(
    client: Client, program: Program, other_program: Program, campaign: Campaign
) -> None:
    body = event_about(begin(campaign))

    assert deliver_to(client, other_program, campaign.organisation, body, signed(body)) == 404
    assert deliver_to(client, program, Organisation(), body, signed(body)) == 404
    assert client.get(f"/{program.slug}/webhooks/stripe/{campaign.organisation.endpoint}/").status_code == 405


@pytest.mark.real_time
def test_all_24_orders_of_four_events_repeated_and_one_dropped_end_the_same(
    client: Client, program: Program, campaign: Campaign, standin: Standin
) -> None:
    with receiving() as stripe_says:
        standin.control(
            "webhooks", {"key": KEY, "url": stripe_says.url, "secret": SECRET, "enabled_events": list(EVENTS)}
        )
        donation = begin(campaign)
        standin.pay(ask_to_pay(program=program, donation_id=donation.pk))
        wait_for(lambda: len(stripe_says.bodies) == len(EVENTS))
    kinds = [json.loads(body)["type"] for body in stripe_says.bodies]
    deliveries = dict(zip(kinds, zip(stripe_says.bodies, stripe_says.signatures, strict=True), strict=True))
    assert set(deliveries) == set(EVENTS)

    for number, order in enumerate(permutations(EVENTS)):
        with transaction.atomic():
            for kind in order[1:] if number % 2 else order:  # every second time the first is dropped
                body, mark = deliveries[kind]
                assert deliver_to(client, program, campaign.organisation, body, mark) == 200
                if number % 3:
                    work_off()
                assert deliver_to(client, program, campaign.organisation, body, mark) == 200
            work_off()
            sweep(program=program, older_than=now() - now())
            assert moved() == legs(donation)
            assert Message.objects.filter(topic="gift_paid").count() == 1
            transaction.set_rollback(True)
    assert moved() == []
