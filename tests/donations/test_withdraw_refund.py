"""donations.withdraw_refund: a proposal ends, its yen are free again."""

import pytest

from audit.models import Record
from donations.approve_refund import approve_refund
from donations.errors import RefundDecided
from donations.models import Donation
from donations.refund import refundable_yen
from donations.withdraw_refund import withdraw_refund
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from tests.donations.by_hand import second_person
from tests.donations.conftest import moved, violations
from tests.donations.test_propose_refund import propose


def test_its_yen_are_free_again_and_a_repeat_is_one(gift: Donation, office: Membership) -> None:
    before, made = moved(), propose(gift, office)
    assert refundable_yen(gift) == 0

    for _ in range(2):
        ended = withdraw_refund(refund=made, actor=office)

    assert (ended.state, refundable_yen(gift), moved()) == ("withdrawn", 10_000, before)
    assert Record.objects.filter(verb="refund.withdrawn").count() == 1
    assert violations() == []


def test_an_approved_one_is_not_withdrawn(gift: Donation, office: Membership, program: Program) -> None:
    made = approve_refund(refund=propose(gift, office), actor=second_person(program))
    with pytest.raises(RefundDecided):
        withdraw_refund(refund=made, actor=office)
    made.refresh_from_db()
    assert made.state == "asked"


def test_a_stranger_may_not(gift: Donation, office: Membership, stranger: Membership) -> None:
    made = propose(gift, office)
    with pytest.raises(NotAllowed):
        withdraw_refund(refund=made, actor=stranger)
    made.refresh_from_db()
    assert made.state == "proposed"
