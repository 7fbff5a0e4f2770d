"""donations.let_promise_go: what decides much of a goal alone may be let go, once, and nothing else."""

import pytest
from django.core import mail
from django.test import Client

from audit.models import Record
from donations.close_campaign import close_campaign
from donations.errors import PromiseNotInQuestion, ReasonNeeded
from donations.let_promise_go import let_promise_go
from donations.models import Campaign, Donation, Finding, Organisation, SavedCard
from donations.queries import standing_of
from donations.settle_finding import settle_finding
from kernel.errors import NotAllowed
from outbox.deliver import deliver
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.promises import all_or_nothing, card_of, over, saved
from tests.donations.test_campaign_screens import signed_in_as
from tests.donations.test_donor_screens import text_of

QUARTER = 5_000


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office)  # 20,000 yen, until today


def questions(**which: object) -> list[Finding]:
    return list(Finding.objects.filter(kind=Finding.Kind.LARGE_PROMISE, **which))


def test_the_secretariat_lets_it_go_once_and_it_counts_no_more(
    campaign: Campaign, office: Membership
) -> None:
    gift = saved(campaign, 20_000)
    assert standing_of(campaign).reached

    gone = let_promise_go(donation=gift, reason="電話がつながらない", actor=office)
    again = let_promise_go(donation=gift, reason="もう一度", actor=office)

    assert (gone.state, again.state, card_of(gift).let_go_why) == ("let_go", "let_go", "office")
    assert not standing_of(campaign).reached
    (one,) = questions()
    assert (one.words, one.settled_by) == ("電話がつながらない", office)
    assert Record.objects.get(verb="donation.let_go_by_office").actor_id == office.pk
    assert Message.objects.filter(topic="forget_card").count() == 1


def test_the_donor_is_told_by_mail_and_page(
    client: Client, campaign: Campaign, office: Membership, program: Program
) -> None:
    gift = saved(campaign, 20_000)
    let_promise_go(donation=gift, reason="電話がつながらない", actor=office)
    message = Message.objects.get(topic="card_let_go")
    assert deliver(program.pk, message.pk)
    (sent,) = mail.outbox
    assert "取りやめとさせていただきました" in sent.body and "電話がつながらない" not in sent.body
    page = text_of(client.get(f"/{program.slug}/gifts/{gift.reference}/"))
    assert "事務局が取りやめました" in page


def test_also_after_someone_answered_and_both_words_stay(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 20_000)
    settle_finding(finding=questions()[0], words="確認中", actor=office)
    let_promise_go(donation=gift, reason="本人ではなかった", actor=office)
    assert questions()[0].words == "確認中 / 本人ではなかった"


def unchanged(gift: Donation) -> bool:
    gift.refresh_from_db()
    return gift.state == "saved" and not SavedCard.objects.exclude(let_go_why="").exists()


def test_the_secretariat_does_not_pick_donors(campaign: Campaign, office: Membership) -> None:
    small = saved(campaign, QUARTER)
    with pytest.raises(PromiseNotInQuestion):
        let_promise_go(donation=small, reason="x", actor=office)
    assert unchanged(small)


def test_after_the_end_it_stands(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 20_000)
    close_campaign(campaign=over(campaign), actor=office)
    with pytest.raises(PromiseNotInQuestion):
        let_promise_go(donation=gift, reason="x", actor=office)
    assert unchanged(gift)


def test_a_reason_is_needed(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 20_000)
    with pytest.raises(ReasonNeeded):
        let_promise_go(donation=gift, reason="  ", actor=office)
    assert unchanged(gift) and questions(settled_at=None)
    settle_finding(finding=questions()[0], words="確認中", actor=office)
    with pytest.raises(ReasonNeeded):  # also when someone answered before
        let_promise_go(donation=gift, reason="  ", actor=office)
    assert unchanged(gift) and questions()[0].words == "確認中"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_a_stranger_may_not(campaign: Campaign, program: Program, role: Role) -> None:
    gift, small = saved(campaign, 20_000), saved(campaign, 500, email="small@example.jp")
    for one in (gift, small):  # nor is told which promise is in question
        with pytest.raises(NotAllowed):
            let_promise_go(donation=one, reason="x", actor=member(program, role, f"{one.pk}@shibuya.example"))
        assert unchanged(one)


def test_the_gifts_page_offers_it_and_does_it(
    campaign: Campaign, office: Membership, program: Program
) -> None:
    gift, small = saved(campaign, 20_000), saved(campaign, 500, email="small@example.jp")
    person, base = signed_in_as(office), f"/{program.slug}/office/gifts/"

    assert "20,000円の申し込みを取りやめる" in text_of(person.get(f"{base}{gift.pk}/"))
    assert "申し込みを取りやめる" not in text_of(person.get(f"{base}{small.pk}/"))
    bare = person.post(f"{base}{gift.pk}/let-go/", follow=True)
    assert "理由" in text_of(bare) and unchanged(gift)
    done = person.post(f"{base}{gift.pk}/let-go/", {"reason": "連絡がつかない"}, follow=True)
    assert "申し込みを取りやめました" in text_of(done)
    after = text_of(person.get(f"{base}{gift.pk}/"))
    assert "取りやめる" not in after and "事務局が取りやめました" in after and "決済手数料" not in after
    assert questions()[0].words == "連絡がつかない"
    question = text_of(person.get(f"/{program.slug}/office/questions/{questions()[0].pk}/"))
    assert "ほかの方のカードだけが決済されます" in question


def test_another_program_sees_404(campaign: Campaign, other_program: Program) -> None:
    gift = saved(campaign, 20_000)
    theirs = member(other_program, Role.OFFICE)
    address = f"/{other_program.slug}/office/gifts/{gift.pk}/let-go/"
    assert signed_in_as(theirs).post(address, {"reason": "x"}).status_code == 404
    with acting_in(other_program.pk), pytest.raises(Campaign.DoesNotExist):
        let_promise_go(donation=gift, reason="x", actor=theirs)
    assert unchanged(gift)
