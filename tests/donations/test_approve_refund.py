"""donations.approve_refund: a second person sends a gift back; of one by hand, out of the bank."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.models import Record
from donations.approve_offline_gift import approve_offline_gift
from donations.approve_refund import approve_refund
from donations.books import CLAIMS, MORE
from donations.errors import NotRefundable, RefundDecided, RefundNeedsSecondPerson, RefundProposedYourself
from donations.match_bank import match_bank
from donations.models import BankMatch, Campaign, Donation, Organisation, Refund
from donations.propose_matches import proposals
from donations.refund import refund
from donations.take_in_dispute import take_in_dispute
from donations.withdraw_refund import withdraw_refund
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program
from tests.donations.by_hand import noted, second_person
from tests.donations.conftest import moved, paid_gift, violations, work_off
from tests.donations.test_match_bank import lines
from tests.donations.test_propose_refund import propose
from tests.donations.test_refund import OPEN
from tests.metrics.conftest import signed_in
from tests.stripe_standin.running import Standin


@pytest.fixture
def second(program: Program) -> Membership:
    return second_person(program)


@pytest.fixture
def by_hand(campaign: Campaign, office: Membership, second: Membership) -> Donation:
    """50,000 yen that came by bank."""
    booked = approve_offline_gift(
        gift=noted(campaign, office, way="transfer", email="hanako@example.jp"), actor=second
    )
    return Donation.objects.get(pk=booked.donation_id)


def test_approving_moves_nothing_yet_and_leaves_a_message(
    gift: Donation, office: Membership, second: Membership
) -> None:
    before, made = moved(), propose(gift, office)

    for _ in range(2):
        approved = approve_refund(refund=made, actor=second)

    assert (approved.state, approved.decided_by_id, moved()) == ("asked", second.pk, before)
    assert Message.objects.get(topic="refund_asked").facts == {"refund_id": made.pk}
    assert Record.objects.get(verb="refund.approved").actor_id == second.pk


@pytest.mark.real_time
def test_stripe_pays_back_what_two_people_decided(
    program: Program, campaign: Campaign, office: Membership, second: Membership, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    made = propose(gift, office)
    work_off()
    assert Refund.objects.get().state == "proposed"

    approve_refund(refund=made, actor=second)
    work_off()

    assert Refund.objects.get().state == "done"
    assert violations() == []


def test_who_proposed_it_may_not_approve_it(gift: Donation, office: Membership) -> None:
    made = propose(gift, office)
    with pytest.raises(RefundProposedYourself):
        approve_refund(refund=made, actor=office)
    made.refresh_from_db()
    assert made.state == "proposed" and not Message.objects.filter(topic="refund_asked").exists()


def test_the_database_wants_another_person(gift: Donation, office: Membership) -> None:
    made = propose(gift, office)
    for change in ({"decided_by": office}, {"decided_by": None}):
        with pytest.raises(IntegrityError, match="refund_second_person"), transaction.atomic():
            Refund.objects.filter(pk=made.pk).update(state="asked", **change)


def test_a_stranger_may_not(gift: Donation, office: Membership, stranger: Membership) -> None:
    made = propose(gift, office)
    with pytest.raises(NotAllowed):
        approve_refund(refund=made, actor=stranger)
    made.refresh_from_db()
    assert made.state == "proposed"


def test_a_withdrawn_one_is_not_approved(gift: Donation, office: Membership, second: Membership) -> None:
    made = withdraw_refund(refund=propose(gift, office), actor=second)
    with pytest.raises(RefundDecided):
        approve_refund(refund=made, actor=second)
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_what_was_disputed_meanwhile_is_not_approved(
    gift: Donation, office: Membership, second: Membership
) -> None:
    made = propose(gift, office, 4_000)
    take_in_dispute(donation=gift, said=OPEN)
    with pytest.raises(NotRefundable):
        approve_refund(refund=made, actor=second)
    made.refresh_from_db()
    assert made.state == "proposed"


def test_a_gift_by_hand_goes_back_out_of_the_bank(
    by_hand: Donation, fund: Account, office: Membership, second: Membership
) -> None:
    with pytest.raises(RefundNeedsSecondPerson):
        refund(donation=by_hand, amount_yen=1, reason="x", request_key=uuid4(), actor=office)

    done = approve_refund(refund=propose(by_hand, office, 50_000), actor=second)
    work_off()

    assert done.state == "done" and not Message.objects.filter(topic="refund_asked").exists()
    assert [leg for leg in moved() if leg[0] == done.source] == [
        (done.source, 1, "fund", "bank", 45_000),
        (done.source, 2, "operating", "bank", 5_000),
    ]
    assert balance_yen(fund) == balance_yen(by_hand.campaign.organisation.bank) == 0
    assert violations() == []


def test_the_banks_line_shows_that_it_left(
    organisation: Organisation, by_hand: Donation, office: Membership, second: Membership
) -> None:
    done = approve_refund(refund=propose(by_hand, office, 20_000), actor=second)
    (line,) = lines(organisation, office, ("2027/3/31", "", "20000", "振込 ヤマダ ハナコ"))
    (proposal,) = proposals(organisation)
    assert [one.about for one in proposal.possible] == [done.source]
    before = Transfer.objects.count()

    match_bank(line=line, about=done.source, actor=office)

    assert Transfer.objects.count() == before and proposals(organisation) == []
    assert violations() == []


def test_the_page_of_the_banks_line_offers_the_refund_and_matches_it(
    organisation: Organisation, by_hand: Donation, office: Membership, second: Membership
) -> None:
    done = approve_refund(refund=propose(by_hand, office, 20_000), actor=second)
    (line,) = lines(organisation, office, ("2027/3/31", "", "20000", "振込 ヤマダ ハナコ"))
    address, before = f"/shibuya/office/money/bank/{line.pk}/", moved()

    shown = signed_in(office).get(address).content.decode()
    assert done.source in shown and "20,000円の返金として照合する" in shown and "-20,000" not in shown
    assert signed_in(office).post(address, {"about": done.source}).status_code == 302

    assert BankMatch.objects.get(line=line).source == done.source
    assert moved() == before and violations() == []


def test_books_see_a_gift_by_hand_that_one_person_paid_back(
    by_hand: Donation, office: Membership, second: Membership
) -> None:
    done = approve_refund(refund=propose(by_hand, office, 1_000), actor=second)
    Refund.objects.filter(pk=done.pk).update(needs_second=False)
    assert any("no second person" in one for one in verify(CLAIMS, MORE))
