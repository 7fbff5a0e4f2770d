"""donations.large_promise: what decides much of a goal alone is asked about, while there is something to decide."""

from datetime import timedelta

import pytest

from collective.desk import desk
from donations.close_campaign import close_campaign
from donations.large_promise import ask_about_large
from donations.models import Campaign, Organisation
from donations.take_promise_back import take_promise_back
from kernel.clock import start_of, today
from programs.models import Membership
from tests.donations.promises import all_or_nothing, over, saved
from tests.donations.test_let_promise_go import QUARTER, questions


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office)  # 20,000 yen, until today


def test_more_than_a_quarter_is_asked_about_with_the_campaigns_end_as_its_day(campaign: Campaign) -> None:
    gift = saved(campaign, QUARTER + 1)

    (one,) = questions()
    assert (one.about, one.amount_yen, one.settled_at) == (gift.source, QUARTER + 1, None)
    assert one.due_by == start_of(today() + timedelta(days=1)) - timedelta(minutes=1)  # 23:59 of the last day
    assert one.facts == {"donation_id": gift.pk} and one.organisation == campaign.organisation
    line = next(row for row in desk().queue if row.page == "office-questions")
    assert line.is_trouble and line.count == 1


def test_a_quarter_is_not(campaign: Campaign) -> None:
    saved(campaign, QUARTER, email="a@example.jp")
    saved(campaign, QUARTER, email="b@example.jp")
    assert not questions()


def test_several_of_one_address_count_together(campaign: Campaign) -> None:
    saved(campaign, QUARTER, email="a@example.jp")
    second = saved(campaign, 500, email="a@example.jp")
    assert [one.about for one in questions()] == [second.source]


def test_one_that_was_taken_back_counts_no_more(campaign: Campaign) -> None:
    take_promise_back(donation=saved(campaign, QUARTER, email="a@example.jp"))
    saved(campaign, QUARTER, email="a@example.jp")
    assert not questions()


def test_the_question_closes_by_itself_when_nothing_is_left_to_decide(
    campaign: Campaign, office: Membership
) -> None:
    taken_back = saved(campaign, 20_000, email="a@example.jp")
    saved(campaign, 20_000, email="b@example.jp")
    take_promise_back(donation=taken_back)
    assert [one.about for one in questions(settled_at__isnull=False)] == [taken_back.source]

    close_campaign(campaign=over(campaign), actor=office)

    assert not questions(settled_at=None) and "自動で閉じました" in questions()[0].words


def test_asking_twice_is_once(campaign: Campaign) -> None:
    gift = saved(campaign, 20_000)
    ask_about_large(gift, campaign)
    assert len(questions()) == 1
