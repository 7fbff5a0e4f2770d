"""Many take back one match at the same instant: the money leaves the fund once. With the hold taken out too."""

from typing import Any

import pytest
from django.db import IntegrityError

from donations import unmatch_bank as undoing
from donations.match_bank import match_bank
from donations.models import BankLine, BankUnmatch, CompanyGift, Organisation
from donations.take_in_statement import take_in_statement
from donations.unmatch_bank import unmatch_bank
from ledger.balances import balance_yen
from programs.scoping import acting_in
from tests.coupons.racing import Crowd
from tests.donations.by_hand import a_fund, csv_of, promised
from tests.donations.test_books import violations
from tests.donations.test_by_hand_race import AT_ONCE, Stage, meeting_after, stage, types, unlocked

__all__ = ["stage"]
pytestmark = pytest.mark.django_db(transaction=True)


def all_undo(stage: Stage) -> list[Any]:
    """300,000 yen matched by the first person; the six others say that it was wrong."""
    matcher, *others = stage.people
    with acting_in(stage.program.pk):
        gift = promised(a_fund(stage.organisation, matcher), matcher)
        content = csv_of(("2027/3/12", "300000", "", "ｶ)ｱｵｿﾞﾗ"))
        take_in_statement(organisation=stage.organisation, content=content, actor=others[0])
        match = match_bank(line=BankLine.objects.get(), about=gift.source, actor=matcher)
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        return crowd.go(
            [lambda one=one: unmatch_bank(match=match, words="違う", actor=one) for one in others]
        )


def money_left_once(stage: Stage) -> None:
    with acting_in(stage.program.pk):
        gift = CompanyGift.objects.select_related("fund__account").get()
        assert BankUnmatch.objects.count() == gift.undone_times == 1
        assert balance_yen(gift.fund.account) == 0 and violations() == []


def test_a_match_undone_by_many_is_undone_once(stage: Stage) -> None:
    answers = all_undo(stage)

    assert types(answers) == ["BankUnmatch"] * AT_ONCE and len({one.pk for one in answers}) == 1
    money_left_once(stage)


def test_without_the_hold_they_clash_and_the_database_keeps_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    monkeypatch.setattr(undoing, "hold_lines_of", meeting_after(lambda pk: Organisation.objects.get(pk=pk)))
    answers = all_undo(stage)

    assert sum(isinstance(one, IntegrityError) for one in answers) == AT_ONCE - 1
    money_left_once(stage)
