"""donations.propose_refund, and when refund wants it: above the limit, and for gifts by hand."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from audit.models import Record
from donations.confirm import confirm
from donations.errors import NotRefundable, ReasonNeeded, RefundKeyUsed, RefundNeedsSecondPerson
from donations.models import Campaign, Donation, Refund
from donations.propose_refund import propose_refund
from donations.refund import needs_second_person, refundable_yen, take_in_refund
from donations.set_refund_limit import set_refund_limit
from donations.withdraw_refund import withdraw_refund
from kernel.clock import now
from kernel.errors import NotAllowed
from outbox.models import Message
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import second_person
from tests.donations.conftest import begin, moved, violations
from tests.donations.test_confirm import said_of
from tests.donations.test_refund import ask, said


def propose(gift: Donation, actor: Membership, amount_yen: int = 10_000) -> Refund:
    return propose_refund(
        donation=gift, amount_yen=amount_yen, reason="二重", request_key=uuid4(), actor=actor
    )


@pytest.fixture
def low_limit(campaign: Campaign, program: Program) -> None:
    """Another person than `office` allows 5,000 yen."""
    set_refund_limit(organisation=campaign.organisation, limit_yen=5_000, actor=second_person(program))


def test_a_proposal_moves_nothing_and_keeps_its_yen(gift: Donation, office: Membership) -> None:
    before = moved()

    made = propose(gift, office, 4_000)

    assert (made.state, made.needs_second, refundable_yen(gift)) == ("proposed", True, 6_000)
    assert moved() == before and not Message.objects.filter(topic="refund_asked").exists()
    assert Record.objects.get(verb="refund.proposed").actor_id == office.pk
    with pytest.raises(NotRefundable):
        ask(gift, office, 6_001)
    assert violations() == []


def test_above_the_limit_one_person_is_refused(gift: Donation, office: Membership, low_limit: None) -> None:
    with pytest.raises(RefundNeedsSecondPerson):
        ask(gift, office, 5_001)
    assert not Refund.objects.exists()
    assert ask(gift, office, 5_000).state == "asked"


def test_small_refunds_of_one_gift_count_together(
    gift: Donation, office: Membership, low_limit: None
) -> None:
    ask(gift, office, 3_000)
    take_in_refund(donation=gift, said=said(1_000, number=2))
    with pytest.raises(RefundNeedsSecondPerson):
        ask(gift, office, 1_001)
    assert Refund.objects.count() == 2


def test_small_refunds_of_many_gifts_by_one_person_on_one_day_count_together(
    gift: Donation, campaign: Campaign, program: Program, office: Membership, low_limit: None
) -> None:
    other = another_gift(campaign)
    ask(gift, office, 3_000)
    with pytest.raises(RefundNeedsSecondPerson):
        ask(other, office, 2_001)

    yesterday = now() - timedelta(days=1)
    Refund.objects.update(asked_at=yesterday)
    assert ask(other, office, 2_001).state == "asked"
    Refund.objects.update(asked_at=now(), state=Refund.State.FAILED)  # nothing went back
    assert ask(gift, office, 5_000).state == "asked"
    # What two people decided was not one person's, and another person has a day of their own.
    Refund.objects.update(asked_at=yesterday)
    propose(other, office, 5_000)
    assert needs_second_person(other, 1, office)
    assert not needs_second_person(another_gift(campaign), 5_000, office)
    ask(another_gift(campaign), office, 5_000)
    assert not needs_second_person(another_gift(campaign), 5_000, second_person(program))


def another_gift(campaign: Campaign) -> Donation:
    """One more paid gift of 10,000 yen."""
    begun = begin(campaign)
    return confirm(donation_id=begun.pk, payment=said_of(begun))


def test_a_repeat_is_one_and_another_amount_is_refused(gift: Donation, office: Membership) -> None:
    words = {"donation": gift, "reason": "x", "request_key": uuid4(), "actor": office}
    first = propose_refund(amount_yen=4_000, **words)
    assert propose_refund(amount_yen=4_000, **words) == first
    with pytest.raises(RefundKeyUsed):
        propose_refund(amount_yen=4_001, **words)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount_yen", [0, -1, 10_001])
def test_more_than_was_given_or_nothing_is_refused(
    gift: Donation, office: Membership, amount_yen: int
) -> None:
    with pytest.raises(NotRefundable):
        propose(gift, office, amount_yen)
    assert not Refund.objects.exists()


def test_a_missing_reason_is_refused(gift: Donation, office: Membership) -> None:
    with pytest.raises(ReasonNeeded):
        propose_refund(donation=gift, amount_yen=1, reason=" ", request_key=uuid4(), actor=office)
    assert not Refund.objects.exists()


def test_a_stranger_may_not(gift: Donation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        propose(gift, stranger)
    assert not Refund.objects.exists()


def test_another_program_does_not_see_it(
    gift: Donation, office: Membership, two_programs: tuple[Program, Program]
) -> None:
    made = propose(gift, office)
    with acting_in(two_programs[1].pk):
        assert not Refund.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_what_stripe_was_never_asked_for_stays_what_it_is(
    gift: Donation, office: Membership, program: Program, is_withdrawn: bool
) -> None:
    """Somebody noted our key at Stripe's dashboard: that refund is one of its own."""
    made = propose(gift, office, 4_000)
    if is_withdrawn:
        made = withdraw_refund(refund=made, actor=second_person(program))

    told = take_in_refund(donation=gift, said=replace(said(4_000), reference=str(made.request_key)))

    made.refresh_from_db()
    assert made.state == ("withdrawn" if is_withdrawn else "proposed") and not made.refund_id
    assert told.pk != made.pk and told.state == "done"
    assert violations() == []
