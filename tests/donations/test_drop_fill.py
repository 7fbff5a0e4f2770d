"""donations.drop_fill: not done, with words, and no money moves."""

import pytest

from donations.drop_fill import drop_fill
from donations.errors import FillDecided, ReasonNeeded
from donations.fill_reserve import fill_reserve
from kernel.errors import NotAllowed
from ledger.reserve import reserve_yen
from programs.models import Membership, Program
from tests.donations.by_hand import second_person
from tests.donations.reserve import asked, with_running_costs


@pytest.fixture(autouse=True)
def money(program: Program) -> None:
    with_running_costs(50_000)


def test_who_asked_may_take_it_back_once(office: Membership) -> None:
    fill = asked(office)

    for words in ("間違えました", "もう一度"):
        dropped = drop_fill(fill=fill, words=words, actor=office)

    assert (dropped.state, dropped.words, dropped.decided_by) == ("dropped", "間違えました", office)
    assert reserve_yen() == 0


def test_what_was_moved_stays_moved(office: Membership, program: Program) -> None:
    fill = fill_reserve(fill=asked(office), actor=second_person(program))
    with pytest.raises(FillDecided):
        drop_fill(fill=fill, words="やめます", actor=office)
    assert reserve_yen() == 30_000


def test_words_are_needed_and_a_stranger_may_not(
    office: Membership, stranger: Membership, city: Membership
) -> None:
    fill = asked(office)
    with pytest.raises(ReasonNeeded):
        drop_fill(fill=fill, words=" ", actor=office)
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            drop_fill(fill=fill, words="x", actor=actor)
    fill.refresh_from_db()
    assert fill.is_waiting
