"""donations.note_offline_gift: what came by hand is written down, and no money moves."""

from datetime import date
from uuid import uuid4

import pytest

from audit.models import Record
from donations.errors import CampaignIsDraft, DayInTheFuture, FormKeyUsed
from donations.models import Campaign, Donation, OfflineGift, Organisation
from kernel.errors import NotAllowed
from ledger.models import Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import noted


def test_it_is_noted_and_no_money_moves(campaign: Campaign, office: Membership) -> None:
    gift = noted(campaign, office, email="Hanako@Example.jp")

    assert (gift.state, gift.noted_by, gift.email) == ("waiting", office, "hanako@example.jp")
    assert not Donation.objects.exists() and not Transfer.objects.exists()
    act = Record.objects.get(verb="offline_gift.noted")
    assert act.facts == {"amount_yen": 50_000, "way": "cash"}  # no name in the trail


def test_a_repeat_is_one_and_other_figures_are_refused(campaign: Campaign, office: Membership) -> None:
    key = uuid4()

    assert noted(campaign, office, request_key=key) == noted(campaign, office, request_key=key)
    with pytest.raises(FormKeyUsed):
        noted(campaign, office, request_key=key, amount_yen=1)
    assert OfflineGift.objects.count() == 1


def test_a_day_that_has_not_come_and_a_draft_are_refused(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    draft = Campaign.objects.create(
        organisation=organisation,
        title="x",
        goal_yen=1,
        first_day=date(2027, 4, 1),
        last_day=date(2027, 4, 2),
    )
    with pytest.raises(DayInTheFuture):
        noted(campaign, office, received_on=date(2027, 4, 1))
    with pytest.raises(CampaignIsDraft):
        noted(draft, office)
    assert not OfflineGift.objects.exists()


def test_a_stranger_may_not(campaign: Campaign, stranger: Membership, city: Membership) -> None:
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            noted(campaign, actor)
    assert not OfflineGift.objects.exists()


def test_another_program_does_not_see_it(
    campaign: Campaign, office: Membership, other_program: Program
) -> None:
    noted(campaign, office)
    with acting_in(other_program.pk):
        assert not OfflineGift.objects.exists()
