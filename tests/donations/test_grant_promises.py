"""donations.promise_grant and receive_grant_part: promised in writing, paid in parts, never more."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from donations.errors import DayInTheFuture, FormKeyUsed, MoreThanPromised
from donations.models import Grant, GrantPart
from donations.promise_grant import promise_grant
from donations.receive_grant_part import receive_grant_part
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import DAY, a_promise, let_coupons_come_from_promises
from tests.donations.conftest import moved
from tests.donations.test_books import violations
from tests.donations.test_receive_grant import receive as receive_at_once

assert promise_grant


@pytest.fixture(autouse=True)
def books_are_right(program: Program) -> Iterator[None]:
    """After every test of this file."""
    yield
    assert violations() == []


def part(grant: Grant, actor: Membership, yen: int, **changes: object) -> GrantPart:
    said = {"amount_yen": yen, "received_on": DAY, "request_key": uuid4(), **changes}
    return receive_grant_part(grant=grant, actor=actor, **said)  # type: ignore[arg-type]


def test_where_coupons_may_come_from_promises_it_is_booked_and_paid_off_in_parts(office: Membership) -> None:
    let_coupons_come_from_promises()
    grant = a_promise(office)
    assert grant.receivable and balance_yen(grant.receivable) == balance_yen(grant.fund) == 1_000_000

    first, second = part(grant, office, 400_000), part(grant, office, 600_000)

    grant.refresh_from_db()
    assert (grant.state, grant.amount_yen, grant.awaited_yen) == ("received", 1_000_000, 0)
    assert balance_yen(grant.receivable) == 0 and balance_yen(grant.fund) == 1_000_000
    assert moved() == sorted(
        [
            (grant.source, 1, "receivable", "fund", 1_000_000),
            (first.source, 1, "bank", "receivable", 400_000),
            (second.source, 1, "bank", "receivable", 600_000),
        ]
    )


def test_elsewhere_it_is_only_noted_and_each_part_fills_the_fund(office: Membership) -> None:
    grant = a_promise(office)
    assert grant.receivable is None and not Transfer.objects.exists()

    first = part(grant, office, 400_000)

    grant.refresh_from_db()
    assert (grant.state, grant.amount_yen, grant.awaited_yen) == ("promised", 400_000, 600_000)
    assert moved() == [(first.source, 1, "bank", "fund", 400_000)]


def test_never_more_than_promised(office: Membership) -> None:
    grant = a_promise(office)
    part(grant, office, 400_000)

    with pytest.raises(MoreThanPromised) as refused:
        part(grant, office, 600_001)
    assert "600,000" in str(refused.value) and GrantPart.objects.count() == 1
    with pytest.raises(IntegrityError, match="grant_never_more_than_promised"), transaction.atomic():
        Grant.objects.update(amount_yen=1_000_001, state="received")


def test_a_repeat_is_one_and_other_figures_are_refused(office: Membership) -> None:
    key, part_key = uuid4(), uuid4()

    grant = a_promise(office, request_key=key)
    assert grant == a_promise(office, request_key=key)
    assert part(grant, office, 5, request_key=part_key) == part(grant, office, 5, request_key=part_key)
    with pytest.raises(FormKeyUsed):
        a_promise(office, request_key=key, amount_yen=1)
    with pytest.raises(FormKeyUsed):
        part(grant, office, 6, request_key=part_key)
    assert Grant.objects.count() == GrantPart.objects.count() == Transfer.objects.count() == 1


def test_a_day_that_has_not_come_is_refused(office: Membership) -> None:
    with pytest.raises(DayInTheFuture):
        a_promise(office, promised_on=date(2027, 4, 1))
    grant = a_promise(office)
    with pytest.raises(DayInTheFuture):
        part(grant, office, 1, received_on=date(2027, 4, 1))
    assert not GrantPart.objects.exists()


def test_a_grant_that_was_never_promised_takes_no_parts(office: Membership) -> None:
    grant = receive_at_once(office)
    with pytest.raises(MoreThanPromised):
        part(grant, office, 1)


def test_a_stranger_may_not(office: Membership, stranger: Membership) -> None:
    grant = a_promise(office)
    with pytest.raises(NotAllowed):
        a_promise(stranger)
    with pytest.raises(NotAllowed):
        part(grant, stranger, 1)
    assert Grant.objects.count() == 1 and not GrantPart.objects.exists()


def test_another_program_does_not_see_it(office: Membership, other_program: Program) -> None:
    part(a_promise(office), office, 1)
    with acting_in(other_program.pk):
        assert not Grant.objects.exists() and not GrantPart.objects.exists()
