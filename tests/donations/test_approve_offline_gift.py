"""donations.approve_offline_gift: a second person books it, once."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from donations.approve_offline_gift import approve_offline_gift
from donations.errors import AlreadyDecided, NotedYourself
from donations.models import Campaign, Donation, OfflineGift
from donations.queries import standing_of
from donations.reject_offline_gift import reject_offline_gift
from kernel.clock import now, start_of
from kernel.errors import NotAllowed
from ledger.models import Transfer
from outbox.models import Message
from programs.models import Membership, Program
from tests.donations.by_hand import DAY, noted, second_person
from tests.donations.conftest import moved, work_off
from tests.donations.test_books import violations


@pytest.fixture
def second(program: Program) -> Membership:
    return second_person(program)


@pytest.fixture(autouse=True)
def books_are_right(campaign: Campaign) -> Iterator[None]:
    """After every test of this file."""
    yield
    assert violations() == []


@pytest.mark.parametrize("way", ["cash", "furusato", "postal", "transfer"])
def test_it_is_booked_from_the_bank_with_its_way(
    campaign: Campaign, office: Membership, second: Membership, way: str
) -> None:
    gift = approve_offline_gift(gift=noted(campaign, office, way=way), actor=second)

    donation = Donation.objects.get()
    assert (gift.state, gift.decided_by, gift.donation) == ("approved", second, donation)
    assert (donation.state, donation.method, donation.fee_yen, donation.email) == ("paid", way, 0, "")
    assert donation.paid_at == start_of(DAY)
    assert moved() == [
        (donation.source, 1, "bank", "fund", 45_000),
        (donation.source, 2, "bank", "operating", 5_000),
    ]


def test_thanks_go_only_to_an_address(campaign: Campaign, office: Membership, second: Membership) -> None:
    approve_offline_gift(gift=noted(campaign, office), actor=second)
    assert not Message.objects.exists()

    approve_offline_gift(gift=noted(campaign, office, email="hanako@example.jp"), actor=second)
    work_off()

    assert [one.to for one in mail.outbox] == [["hanako@example.jp"]]


def test_a_repeat_is_one(campaign: Campaign, office: Membership, second: Membership) -> None:
    gift = noted(campaign, office)

    assert approve_offline_gift(gift=gift, actor=second) == approve_offline_gift(gift=gift, actor=second)
    assert Transfer.objects.count() == 2 and Donation.objects.count() == 1


def test_who_noted_it_may_not_approve_it(campaign: Campaign, office: Membership) -> None:
    gift = noted(campaign, office)

    with pytest.raises(NotedYourself):
        approve_offline_gift(gift=gift, actor=office)
    gift.refresh_from_db()
    assert gift.is_waiting and not Transfer.objects.exists()


def test_the_database_wants_a_second_person_too(
    campaign: Campaign, office: Membership, second: Membership
) -> None:
    gift = approve_offline_gift(gift=noted(campaign, office), actor=second)

    with pytest.raises(IntegrityError, match="offline_gift_second_person"), transaction.atomic():
        OfflineGift.objects.filter(pk=gift.pk).update(decided_by=office, decided_at=now())


def test_what_was_rejected_is_not_booked(campaign: Campaign, office: Membership, second: Membership) -> None:
    gift = reject_offline_gift(gift=noted(campaign, office), reason="二重", actor=second)

    with pytest.raises(AlreadyDecided):
        approve_offline_gift(gift=gift, actor=second)
    assert not Donation.objects.exists()


def test_a_stranger_may_not(
    campaign: Campaign, office: Membership, stranger: Membership, city: Membership
) -> None:
    gift = noted(campaign, office)
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            approve_offline_gift(gift=gift, actor=actor)
    assert not Transfer.objects.exists()


def test_two_without_an_address_are_two_donors(
    campaign: Campaign, office: Membership, second: Membership
) -> None:
    for _ in range(2):
        approve_offline_gift(gift=noted(campaign, office), actor=second)

    assert (standing_of(campaign).donors, standing_of(campaign).raised_yen) == (2, 100_000)


def test_a_gift_online_must_have_an_address(campaign: Campaign) -> None:
    with pytest.raises(IntegrityError, match="donation_online_has_an_address"), transaction.atomic():
        Donation.objects.create(
            campaign=campaign, amount_yen=1_000, operating_yen=0, request_key=DAY_KEY, agreement_version=""
        )


DAY_KEY = "6d0c9f5e-2a0b-4a53-9a53-0c4f6a1f7b32"
