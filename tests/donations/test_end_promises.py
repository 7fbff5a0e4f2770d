"""donations.end_promises: after the end each saved card is charged once, or let go."""

import pytest

from donations.close_campaign import close_campaign
from donations.models import Campaign, Donation, Organisation
from ledger.balances import balance_yen
from outbox.models import Job
from programs.models import Membership, Program
from tests.donations.conftest import KEY, violations, work_off
from tests.donations.promises import (
    DECLINED_LATER,
    all_or_nothing,
    card_of,
    charges_at,
    over,
    promised,
)
from tests.stripe_standin.running import Standin

pytestmark = pytest.mark.real_time


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office)


def test_goal_met_every_card_is_charged_once_and_forgotten(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gifts = [promised(standin, program, campaign) for _ in range(2)]
    assert [gift.state for gift in gifts] == ["saved", "saved"] and charges_at(standin, KEY) == []

    closed = close_campaign(campaign=over(campaign), actor=office)
    work_off()
    standin.settled()
    work_off()

    assert closed.goal_met is True
    assert set(Donation.objects.values_list("state", flat=True)) == {"paid"}
    assert charges_at(standin, KEY) == [10_000, 10_000]
    assert Job.objects.get(pk=closed.job_id).state == "done"
    assert all(card_of(gift).detached_at for gift in gifts)
    assert closed.fund and balance_yen(closed.fund) == 18_000 and violations() == []


def test_goal_missed_nothing_is_charged_and_every_card_is_forgotten(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = promised(standin, program, campaign, 19_999)

    closed = close_campaign(campaign=over(campaign), actor=office)
    work_off()

    gift.refresh_from_db()
    assert (closed.goal_met, gift.state, charges_at(standin, KEY)) == (False, "let_go", [])
    assert card_of(gift).let_go_why == "missed" and card_of(gift).detached_at
    assert violations() == []


def test_a_declined_card_leaves_the_goal_met_and_the_gift_to_be_paid_by_hand(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    good = promised(standin, program, campaign)
    bad = promised(standin, program, campaign, card=DECLINED_LATER)

    closed = close_campaign(campaign=over(campaign), actor=office)
    work_off()

    good.refresh_from_db(), bad.refresh_from_db()
    assert (closed.goal_met, good.state, bad.state) == (True, "paid", "declined")
    assert charges_at(standin, KEY) == [10_000] and card_of(bad).decline_code == "card_declined"
    assert card_of(bad).detached_at is None and bad.pay_until
