"""donations.take_promise_back: while the campaign is open, and not after."""

import pytest
from django.core import mail
from django.test import Client

from donations.close_campaign import close_campaign
from donations.errors import PromiseStands
from donations.models import Campaign, Organisation, SavedCard
from donations.take_promise_back import take_promise_back
from outbox.models import Message
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import begin
from tests.donations.promises import all_or_nothing, card_of, over, saved
from tests.donations.test_donor_screens import text_of


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office)


def test_a_gift_is_taken_back_once_and_its_card_is_to_be_forgotten(campaign: Campaign) -> None:
    gift = saved(campaign)

    taken = take_promise_back(donation=gift)
    again = take_promise_back(donation=gift)

    assert (taken.state, again.state, card_of(gift).let_go_why) == ("let_go", "let_go", "taken_back")
    assert Message.objects.filter(topic="forget_card").count() == 1


def test_what_is_not_promised_is_not_taken_back(campaign: Campaign) -> None:
    gift = begin(campaign)
    with pytest.raises(PromiseStands):
        take_promise_back(donation=gift)
    gift.refresh_from_db()
    assert gift.state == "started" and not Message.objects.exists()


def test_after_the_end_a_promise_stands(campaign: Campaign, office: Membership) -> None:
    gift, _other = saved(campaign), saved(campaign)
    close_campaign(campaign=over(campaign), actor=office)

    with pytest.raises(PromiseStands):
        take_promise_back(donation=gift)
    gift.refresh_from_db()
    assert gift.state == "saved" and not SavedCard.objects.exclude(let_go_why="").exists()


def test_the_donor_does_it_on_the_gifts_own_page(
    client: Client, program: Program, campaign: Campaign
) -> None:
    gift = saved(campaign)
    address = f"/{program.slug}/gifts/{gift.reference}/"

    before = text_of(client.get(address))
    after = text_of(client.post(f"{address}take-back/", follow=True))

    assert "カードを登録しました" in before and "お金はまだいただいていません。" in before
    assert "10,000円の寄付を取り消す" in before
    assert "10,000円の寄付を取り消しました" in after and not mail.outbox


def test_another_program_knows_no_such_gift(
    client: Client, campaign: Campaign, other_program: Program
) -> None:
    gift = saved(campaign)

    reply = client.post(f"/{other_program.slug}/gifts/{gift.reference}/take-back/")

    assert reply.status_code == 404
    with acting_in(other_program.pk):
        assert not SavedCard.objects.exists()
