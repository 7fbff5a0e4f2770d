"""Many at once: a gift is booked once, a promise is never overpaid, invoices have no gaps, a line is one booking's.

Each race is arranged: everybody has read before anybody writes. With the guard taken out it goes wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, models

from donations import approve_offline_gift as approving
from donations import invoice_company as invoicing
from donations import match_bank as matching
from donations import receive_grant_part as receiving
from donations.approve_offline_gift import approve_offline_gift
from donations.errors import LineExplained, MoreThanPromised
from donations.invoice_company import invoice_company
from donations.match_bank import match_bank
from donations.models import (
    BankLine,
    BankMatch,
    CompanyGift,
    Donation,
    Grant,
    GrantPart,
    Invoice,
    OfflineGift,
    Organisation,
)
from donations.receive_grant_part import receive_grant_part
from donations.take_in_statement import take_in_statement
from ledger.models import Transfer
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.racing import Crowd
from tests.donations.by_hand import DAY, a_fund, a_promise, csv_of, noted, promised, with_account
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.test_books import violations

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@dataclass
class Stage:
    """One organisation, committed, and people of the secretariat."""

    program: Program
    organisation: Organisation
    people: list[Membership]


@pytest.fixture
def stage(two_programs: tuple[Program, Program]) -> Stage:
    program = two_programs[0]
    with acting_in(program.pk):
        people = [member(program, Role.OFFICE, f"office{n}@shibuya.example") for n in range(AT_ONCE + 1)]
        organisation = make_organisation(people[0])
        with_account(organisation, people[0])
    return Stage(program, organisation, people)


def meeting_after(read: Callable[..., Any]) -> Callable[..., Any]:
    """`read`, and then wait until all have read."""
    everybody = Barrier(AT_ONCE, timeout=10)

    def read_and_wait(*args: Any) -> Any:
        answer = read(*args)
        everybody.wait()
        return answer

    return read_and_wait


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lock is a plain read."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **options: self)


def types(answers: list[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def all_approve(stage: Stage) -> list[Any]:
    noter, *others = stage.people
    with acting_in(stage.program.pk):
        gift = noted(make_campaign(stage.organisation, noter), noter)
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        return crowd.go([lambda one=one: approve_offline_gift(gift=gift, actor=one) for one in others])


def test_a_gift_approved_by_many_is_booked_once(stage: Stage) -> None:
    answers = all_approve(stage)

    assert types(answers) == ["OfflineGift"] * AT_ONCE
    with acting_in(stage.program.pk):
        assert Donation.objects.count() == 1 and Transfer.objects.count() == 2
        assert len({answer.decided_by_id for answer in answers}) == 1
        assert violations() == []


def test_without_the_lock_approving_clashes_and_is_still_booked_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    monkeypatch.setattr(approving, "donation_of", meeting_after(approving.donation_of))
    answers = all_approve(stage)

    assert types(answers).count("IntegrityError") == AT_ONCE - 1
    with acting_in(stage.program.pk):
        assert OfflineGift.objects.get().state == "approved" and Donation.objects.count() == 1


def all_pay_parts(stage: Stage) -> list[Any]:
    with acting_in(stage.program.pk):
        grant = a_promise(stage.people[0], organisation=stage.organisation)  # 1,000,000
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        return crowd.go(
            [
                lambda one=one: receive_grant_part(
                    grant=grant, amount_yen=300_000, received_on=DAY, request_key=uuid4(), actor=one
                )
                for one in stage.people[1:]
            ]
        )


def test_parts_of_a_promise_never_exceed_it(stage: Stage) -> None:
    answers = all_pay_parts(stage)

    assert types(answers).count("GrantPart") == 3
    assert sum(isinstance(answer, MoreThanPromised) for answer in answers) == AT_ONCE - 3
    with acting_in(stage.program.pk):
        assert Grant.objects.get().amount_yen == 900_000 and violations() == []


def test_without_the_hold_on_the_grant_too_much_comes_and_verify_books_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_read(pk: int) -> Grant:
        return Grant.objects.select_related("bank", "fund", "receivable").get(pk=pk)

    monkeypatch.setattr(receiving, "hold_grant", meeting_after(only_read))
    answers = all_pay_parts(stage)

    assert types(answers) == ["GrantPart"] * AT_ONCE
    with acting_in(stage.program.pk):
        assert GrantPart.objects.count() == AT_ONCE
        assert any("parts" in words for words in violations())


def all_invoice(stage: Stage) -> list[Any]:
    with acting_in(stage.program.pk):
        fund = a_fund(stage.organisation, stage.people[0])
        gifts = [promised(fund, stage.people[0]) for _ in range(AT_ONCE)]
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        return crowd.go(
            [
                lambda gift=gift: invoice_company(
                    gift=gift, issued_on=DAY, due_on=date(2027, 4, 30), actor=stage.people[0]
                )
                for gift in gifts
            ]
        )


def test_invoices_made_at_once_have_numbers_without_gaps(stage: Stage) -> None:
    all_invoice(stage)
    with acting_in(stage.program.pk):
        serials = sorted(Invoice.objects.values_list("serial", flat=True))
    assert serials == list(range(1, AT_ONCE + 1))


def test_without_the_hold_on_the_numbers_invoices_clash(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoicing, "hold_numbers_of", lambda pk: Organisation.objects.get(pk=pk))
    monkeypatch.setattr(invoicing, "last_serial", meeting_after(invoicing.last_serial))

    assert types(all_invoice(stage)).count("IntegrityError") == AT_ONCE - 1


def all_match_one_line(stage: Stage) -> list[Any]:
    with acting_in(stage.program.pk):
        fund = a_fund(stage.organisation, stage.people[0])
        gifts = [promised(fund, stage.people[0]) for _ in range(AT_ONCE)]
        content = csv_of(("2027/3/12", "300000", "", "ｶ)ｱｵｿﾞﾗ"))
        take_in_statement(organisation=stage.organisation, content=content, actor=stage.people[1])
        line = BankLine.objects.get()
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        return crowd.go(
            [
                lambda gift=gift: match_bank(line=line, about=gift.source, actor=stage.people[0])
                for gift in gifts
            ]
        )


def one_is_booked(stage: Stage) -> None:
    with acting_in(stage.program.pk):
        assert BankMatch.objects.count() == Transfer.objects.count() == 1
        assert CompanyGift.objects.filter(state="received").count() == 1 and violations() == []


def test_one_line_is_the_money_of_one_gift(stage: Stage) -> None:
    answers = all_match_one_line(stage)

    assert types(answers).count("BankMatch") == 1
    assert sum(isinstance(answer, LineExplained) for answer in answers) == AT_ONCE - 1
    one_is_booked(stage)


def test_without_the_hold_on_the_lines_they_clash_and_the_database_keeps_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_read(pk: int) -> Organisation:
        return Organisation.objects.select_related("bank").get(pk=pk)

    monkeypatch.setattr(matching, "hold_lines_of", only_read)
    monkeypatch.setattr(matching, "awaited_on", meeting_after(matching.awaited_on))
    answers = all_match_one_line(stage)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == AT_ONCE - 1
    one_is_booked(stage)


def test_a_statement_taken_in_by_many_comes_in_once(stage: Stage) -> None:
    content = csv_of(*[("2027/3/12", str(n), "", "ｱ") for n in range(1, 40)])
    with Crowd(AT_ONCE, stage.program.pk) as crowd:
        answers = crowd.go(
            [
                lambda: take_in_statement(
                    organisation=stage.organisation, content=content, actor=stage.people[0]
                )
                for _ in range(AT_ONCE)
            ]
        )

    assert sorted(answer.new_lines for answer in answers) == [0] * (AT_ONCE - 1) + [39]
    with acting_in(stage.program.pk):
        assert BankLine.objects.count() == 39
