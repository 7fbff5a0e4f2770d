"""donations.reject_offline_gift: it is not booked, with a reason."""

import pytest

from donations.approve_offline_gift import approve_offline_gift
from donations.errors import AlreadyDecided
from donations.models import Campaign
from donations.reject_offline_gift import reject_offline_gift
from kernel.errors import NotAllowed
from ledger.models import Transfer
from programs.models import Membership, Program
from tests.donations.by_hand import noted, second_person


def test_it_is_rejected_also_by_who_noted_it_and_a_repeat_is_one(
    campaign: Campaign, office: Membership
) -> None:
    gift = noted(campaign, office)

    for _ in range(2):
        rejected = reject_offline_gift(gift=gift, reason="二重に入力", actor=office)
    assert (rejected.state, rejected.reason, rejected.donation) == ("rejected", "二重に入力", None)
    assert not Transfer.objects.exists()


def test_what_was_booked_stays(campaign: Campaign, office: Membership, program: Program) -> None:
    gift = approve_offline_gift(gift=noted(campaign, office), actor=second_person(program))

    with pytest.raises(AlreadyDecided):
        reject_offline_gift(gift=gift, reason="x", actor=office)
    gift.refresh_from_db()
    assert gift.state == "approved"


def test_a_stranger_may_not(campaign: Campaign, office: Membership, stranger: Membership) -> None:
    gift = noted(campaign, office)
    with pytest.raises(NotAllowed):
        reject_offline_gift(gift=gift, reason="x", actor=stranger)
    gift.refresh_from_db()
    assert gift.is_waiting
