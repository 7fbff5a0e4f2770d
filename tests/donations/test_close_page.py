"""donations.close_page: after five declined cards nobody can try a sixth on the same page, and the gift fails."""

import pytest
from django.test import Client

from donations.close_page import close_page
from donations.errors import PaymentServiceAway
from donations.give import ask_to_pay
from donations.models import Campaign, Donation
from programs.models import Program
from tests.donations.conftest import KEY, SECRET, begin, work_off
from tests.donations.test_confirm import pending
from tests.donations.test_donor_screens import text_of
from tests.donations.test_webhooks import deliver_to
from tests.stripe_standin.receiver import receiving
from tests.stripe_standin.running import Standin, wait_for

DECLINED = "4000000000000002"


@pytest.mark.real_time
def test_the_fifth_decline_closes_the_page_and_the_gift_fails_with_words(
    client: Client, program: Program, campaign: Campaign, standin: Standin
) -> None:
    with receiving() as stripe_says:
        said = {"key": KEY, "url": stripe_says.url, "secret": SECRET}
        standin.control("webhooks", {**said, "enabled_events": ["payment_intent.payment_failed"]})
        gift = begin(campaign)
        page = ask_to_pay(program=program, donation_id=gift.pk)

        def try_a_card(number: int) -> int:
            status = standin.pay(page, card=DECLINED).status
            wait_for(lambda: len(stripe_says.bodies) == number)
            mark = stripe_says.signatures[-1]
            deliver_to(client, program, campaign.organisation, stripe_says.bodies[-1], mark)
            work_off()
            return status

        assert [try_a_card(number) for number in range(1, 5)] == [422] * 4
        gift.refresh_from_db()
        assert gift.state == "pending" and standin.ask("GET", page).status == 200
        assert try_a_card(5) == 422
    assert standin.ask("GET", page).status == 410  # closed at Stripe
    gift.refresh_from_db()
    assert gift.state == "failed"
    words = text_of(client.get(f"/{program.slug}/gifts/{gift.reference}/"))
    assert "カード会社が承認しませんでした。お金は動いていません。" in words


@pytest.mark.real_time
def test_a_gift_that_was_paid_meanwhile_stays_paid(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    gift = begin(campaign)
    standin.pay(ask_to_pay(program=program, donation_id=gift.pk))

    assert close_page(program_id=program.pk, donation_id=gift.pk).state == "paid"
    assert close_page(program_id=program.pk, donation_id=gift.pk).state == "paid"


@pytest.mark.real_time
def test_a_repeat_does_no_harm(program: Program, campaign: Campaign, standin: Standin) -> None:
    gift = begin(campaign)
    ask_to_pay(program=program, donation_id=gift.pk)

    states = [close_page(program_id=program.pk, donation_id=gift.pk).state for _ in range(2)]

    assert states == ["expired", "expired"]  # no card was tried here


def test_stripe_away_leaves_the_gift_waiting(program: Program, campaign: Campaign, stripe_away: None) -> None:
    gift = pending(campaign)
    with pytest.raises(PaymentServiceAway):
        close_page(program_id=program.pk, donation_id=gift.pk)
    assert Donation.objects.get(pk=gift.pk).state == "pending"


def test_a_gift_without_a_page_is_left_alone(program: Program, campaign: Campaign) -> None:
    assert close_page(program_id=program.pk, donation_id=begin(campaign).pk).state == "started"
