"""donations.set_refund_limit: who raises the limit does not use it alone."""

import pytest

from donations.errors import RefundNeedsSecondPerson
from donations.models import Campaign, Donation, Organisation, Refund, RefundLimit
from donations.set_refund_limit import limit_yen_for, limit_yen_of, set_refund_limit
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from tests.donations.by_hand import second_person
from tests.donations.test_refund import ask


def test_it_stands_and_a_repeat_is_one(organisation: Organisation, office: Membership) -> None:
    assert limit_yen_of(organisation.pk) == 50_000
    for _ in range(2):
        set_refund_limit(organisation=organisation, limit_yen=30_000, actor=office)
    assert (limit_yen_of(organisation.pk), RefundLimit.objects.count()) == (30_000, 1)


def test_who_raised_it_gains_nothing_by_it(
    gift: Donation, campaign: Campaign, office: Membership, program: Program
) -> None:
    organisation, other = campaign.organisation, second_person(program)
    set_refund_limit(organisation=organisation, limit_yen=1_000, actor=other)
    set_refund_limit(organisation=organisation, limit_yen=90_000, actor=office)

    with pytest.raises(RefundNeedsSecondPerson):
        ask(gift, office, 1_001)
    assert not Refund.objects.exists()
    assert limit_yen_for(organisation_id=organisation.pk, actor=other) == 90_000
    assert ask(gift, other, 1_001).state == "asked"


def test_who_lowers_it_is_bound_by_it(organisation: Organisation, office: Membership) -> None:
    set_refund_limit(organisation=organisation, limit_yen=0, actor=office)
    assert limit_yen_for(organisation_id=organisation.pk, actor=office) == 0


def test_a_stranger_may_not(organisation: Organisation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        set_refund_limit(organisation=organisation, limit_yen=1, actor=stranger)
    assert not RefundLimit.objects.exists()
