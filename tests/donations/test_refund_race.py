"""At the same instant one person pays two gifts back, each just below the limit. With the lock taken out too."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from donations import refund as refunding
from donations.confirm import confirm
from donations.errors import RefundNeedsSecondPerson
from donations.models import Donation, Refund
from programs.models import Membership, Program, Role
from programs.scoping import ScopedQuerySet, acting_in
from tests.conftest import member
from tests.donations.conftest import begin, make_campaign, make_organisation
from tests.donations.test_confirm import said_of
from tests.donations.test_refund import ask

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 50_000


def two_at_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Who has counted waits for the other; with the lock they never meet."""
    barrier, count = Barrier(2, timeout=1.5), refunding.needs_second_person

    def counted(*args: Any) -> bool:
        answer = count(*args)
        with suppress(BrokenBarrierError):
            barrier.wait()
        return answer

    monkeypatch.setattr(refunding, "needs_second_person", counted)
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        campaign = make_campaign(make_organisation(office), office)
        begun = [begin(campaign, LIMIT) for _ in range(2)]
        gifts = [confirm(donation_id=one.pk, payment=said_of(one)) for one in begun]

    def act(gift: Donation, actor: Membership) -> Any:
        try:
            with acting_in(program.pk):
                return ask(gift, actor, LIMIT)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda gift: act(gift, office), gifts))


def test_two_gifts_at_once_are_one_persons_sum(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = two_at_once(two_programs[0], monkeypatch)
    assert sorted(type(one).__name__ for one in answers) == ["Refund", RefundNeedsSecondPerson.__name__]


def test_without_the_lock_one_person_would_send_twice_the_limit(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScopedQuerySet, "select_for_update", lambda self, **_: self)
    two_at_once(two_programs[0], monkeypatch)
    with acting_in(two_programs[0].pk):
        assert [one.amount_yen for one in Refund.objects.all()] == [LIMIT, LIMIT]
