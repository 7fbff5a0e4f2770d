"""Twenty at once: numbers 1 to n, none twice, none left out; and one gift on one receipt."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from donations import books
from donations import issue_receipt as issuing
from donations.errors import AlreadyOnReceipt
from donations.issue_receipt import issue_receipt
from donations.models import Campaign, Organisation, Receipt, ReceiptAsk, ReceiptCounter
from ledger.verify import verify
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.racing import Crowd
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.receipts_cast import a_gift, an_ask, set_up

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20
Scene = tuple[Program, Membership, Organisation, Campaign]


@pytest.fixture
def scene(two_programs: tuple[Program, Program]) -> Scene:
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        organisation = set_up(make_organisation(office), office)
        return program, office, organisation, make_campaign(organisation, office)


def asks_of(scene: Scene) -> list[ReceiptAsk]:
    program, office, _organisation, campaign = scene
    with acting_in(program.pk):
        return [
            an_ask(a_gift(campaign, office, yen=1_000 + n, email=f"donor{n}@example.jp"))
            for n in range(AT_ONCE)
        ]


def _issue(ask: ReceiptAsk, office: Membership) -> Callable[[], list[Receipt]]:
    return lambda: issue_receipt(ask=ask, actor=office)


def numbered(scene: Scene, crowd: Crowd) -> None:
    """Twenty receipts let go at one moment, a third of them undone after they had their number."""
    program, office, organisation, _campaign = scene

    def undone(ask: ReceiptAsk) -> Callable[[], None]:
        def act() -> None:
            issue_receipt(ask=ask, actor=office)
            raise RuntimeError("the power goes")

        return act

    asks = asks_of(scene)
    answers = crowd.go([undone(ask) if n % 3 == 0 else _issue(ask, office) for n, ask in enumerate(asks)])

    issued = [answer for answer in answers if isinstance(answer, list)]
    undone_ones = [answer for answer in answers if isinstance(answer, RuntimeError)]
    assert len(issued) + len(undone_ones) == AT_ONCE, answers
    with acting_in(program.pk):
        numbers = sorted(Receipt.objects.values_list("number", flat=True))
        assert numbers == list(range(1, len(issued) + 1))
        assert ReceiptCounter.objects.get(organisation=organisation).last_number == len(issued) == 13
        assert verify(books.CLAIMS, books.MORE) == []


def test_twenty_at_once_leave_no_gap_and_no_double(scene: Scene) -> None:
    with Crowd(AT_ONCE, scene[0].pk) as crowd:
        numbered(scene, crowd)


def test_without_the_lock_on_the_counter_it_is_not_exact(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everyone reads the counter before anyone writes it."""
    with acting_in(scene[0].pk):
        ReceiptCounter.objects.create(organisation=scene[2], year=2026)
    everybody = threading.Barrier(AT_ONCE, timeout=10)
    lock, save = models.QuerySet.select_for_update, ReceiptCounter.save

    def save_together(self: ReceiptCounter, *args: Any, **kwargs: Any) -> None:
        everybody.wait()
        save(self, *args, **kwargs)

    monkeypatch.setattr(
        models.QuerySet,
        "select_for_update",
        lambda self, **options: self if self.model is ReceiptCounter else lock(self, **options),
    )
    monkeypatch.setattr(ReceiptCounter, "save", save_together)
    with Crowd(AT_ONCE, scene[0].pk) as crowd, pytest.raises(AssertionError, match="IntegrityError"):
        numbered(scene, crowd)


def test_one_gift_asked_for_by_twenty_is_on_one_receipt(scene: Scene) -> None:
    program, office, _organisation, campaign = scene
    with acting_in(program.pk):
        ask = an_ask(a_gift(campaign, office))

    with Crowd(AT_ONCE, program.pk) as crowd:
        answers = crowd.go([_issue(ask, office)] * AT_ONCE)

    assert [type(answer) for answer in answers].count(list) == 1, answers
    assert [type(answer) for answer in answers].count(AlreadyOnReceipt) == AT_ONCE - 1, answers
    with acting_in(program.pk):
        assert Receipt.objects.count() == 1 == ReceiptCounter.objects.get().last_number


def test_without_the_lock_on_the_gift_only_the_database_stops_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, office, _organisation, campaign = scene
    with acting_in(program.pk):
        ask = an_ask(a_gift(campaign, office))
    everybody = threading.Barrier(AT_ONCE, timeout=10)
    real = issuing._line

    def line_and_wait(*args: Any) -> Any:
        answer = real(*args)
        everybody.wait()
        return answer

    lock = models.QuerySet.select_for_update
    monkeypatch.setattr(
        models.QuerySet,
        "select_for_update",
        lambda self, **options: lock(self, **options) if self.model is ReceiptCounter else self,
    )
    monkeypatch.setattr(issuing, "_line", line_and_wait)
    with Crowd(AT_ONCE, program.pk) as crowd:
        answers = crowd.go([_issue(ask, office)] * AT_ONCE)

    assert [type(answer).__name__ for answer in answers].count("IntegrityError") == AT_ONCE - 1, answers
