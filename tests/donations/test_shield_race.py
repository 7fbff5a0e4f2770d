"""Two workers hear of the same alarm at the same moment: one shield, one mail to each of the secretariat."""

from collections.abc import Iterator
from datetime import datetime
from threading import Barrier
from uuid import uuid4

import pytest

from audit.models import Record
from donations import shield
from donations.models import Campaign, Donation
from donations.shield import UP, hear_decline
from outbox.models import Message
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import make_program, member
from tests.donations.conftest import begin, make_campaign, make_organisation
from tests.donations.test_webhooks_race import both_at_once, meet

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(db: None) -> tuple[Program, Campaign]:
    program = make_program("shibuya", "渋谷", "131130")
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        return program, make_campaign(make_organisation(office), office)


@pytest.fixture
def gift(place: tuple[Program, Campaign]) -> Donation:
    """Ten declined cards within a minute were heard of already: the next one is one too many."""
    program, campaign = place
    with acting_in(program.pk):
        gift = begin(campaign)
        for _ in range(10):
            hear_decline(donation=begin(campaign), event_id=f"evt_{uuid4().hex}")
        return gift


@pytest.fixture(autouse=True)
def looking_together(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Who has looked whether the shield is up waits a second for the other to look too."""
    both, look = Barrier(2, timeout=1), shield.up_since

    def look_and_wait(at: datetime | None = None) -> datetime | None:
        seen = look(at)
        meet(both)
        return seen

    monkeypatch.setattr(shield, "up_since", look_and_wait)
    yield


def raised_by_two(place: tuple[Program, Campaign], gift: Donation) -> tuple[int, int]:
    program, _campaign = place

    def hear() -> None:
        with acting_in(program.pk):
            hear_decline(donation=gift, event_id=f"evt_{uuid4().hex}")

    both_at_once(hear)
    with acting_in(program.pk):
        mails = Message.objects.filter(topic="shield_raised").count()
        return Record.objects.filter(verb=UP).count(), mails


def test_two_workers_raise_it_once(place: tuple[Program, Campaign], gift: Donation) -> None:
    assert raised_by_two(place, gift) == (1, 1)


def test_without_the_lock_it_is_raised_twice(
    place: tuple[Program, Campaign], gift: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same race with the lock taken out."""
    monkeypatch.setattr(shield, "_hold", lambda: None)
    assert raised_by_two(place, gift) == (2, 2)
