"""donations.take_in_statement: each line once, however often and in whatever form it is read."""

import pytest
from django.db import IntegrityError, transaction

from donations.errors import StatementUnreadable
from donations.models import BankLine, BankStatement, Organisation
from donations.take_in_statement import effect_of, take_in_statement
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import csv_of
from tests.donations.conftest import make_organisation
from tests.donations.zengin import zengin_of

TWICE = ("2027/3/10", "5000", "", "ｶ)ｱｵｿﾞﾗ")
CSV = csv_of(TWICE, TWICE, ("2027/3/11", "", "330", "手数料"), ("いつか", "1", "", "x"))


def counts(statement: BankStatement) -> tuple[int, int, int]:
    return statement.new_lines, statement.repeated_lines, statement.bad_rows


def test_the_dry_run_says_what_taking_in_does_and_writes_nothing(
    organisation: Organisation, office: Membership
) -> None:
    effect = effect_of(organisation=organisation, content=CSV)
    assert not BankLine.objects.exists() and not BankStatement.objects.exists()

    statement = take_in_statement(organisation=organisation, content=CSV, actor=office)

    assert counts(statement) == (len(effect.new), len(effect.repeated), len(effect.bad)) == (3, 0, 1)
    assert sorted(BankLine.objects.values_list("amount_yen", "occurrence")) == [
        (-330, 1),
        (5_000, 1),
        (5_000, 2),
    ]


def test_the_same_statement_twice_adds_nothing(organisation: Organisation, office: Membership) -> None:
    for expected in ((3, 0, 1), (0, 3, 1)):
        statement = take_in_statement(organisation=organisation, content=CSV, actor=office)
        assert counts(statement) == expected
    assert BankLine.objects.count() == 3


def test_the_same_line_in_another_form_is_a_repeat_and_a_third_of_its_kind_is_new(
    organisation: Organisation, office: Membership
) -> None:
    take_in_statement(organisation=organisation, content=CSV, actor=office)
    content = zengin_of([("090310", "1", 5_000, "ｶ)ｱｵｿﾞﾗ")] * 3)

    statement = take_in_statement(organisation=organisation, content=content, actor=office)

    assert (statement.form, counts(statement)) == ("zengin", (1, 2, 0))


def test_two_organisations_have_lines_of_their_own(organisation: Organisation, office: Membership) -> None:
    other = make_organisation(office, key="sk_test_other")
    for one in (organisation, other):
        take_in_statement(organisation=one, content=CSV, actor=office)
    assert BankLine.objects.count() == 6


def test_an_unreadable_file_writes_nothing(organisation: Organisation, office: Membership) -> None:
    with pytest.raises(StatementUnreadable):
        take_in_statement(organisation=organisation, content=b"hello", actor=office)
    assert not BankStatement.objects.exists()


def test_the_database_keeps_a_line_once_and_as_it_is(organisation: Organisation, office: Membership) -> None:
    take_in_statement(organisation=organisation, content=CSV, actor=office)
    line = BankLine.objects.first()
    facts = {f.attname: getattr(line, f.attname) for f in BankLine._meta.fields if f.attname != "id"}
    with pytest.raises(IntegrityError, match="bank_line_once"), transaction.atomic():
        BankLine.objects.create(**facts)
    with pytest.raises(Exception, match="permission denied|append"), transaction.atomic():
        BankLine.objects.update(amount_yen=1)


def test_a_stranger_may_not(organisation: Organisation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        take_in_statement(organisation=organisation, content=CSV, actor=stranger)
    assert not BankStatement.objects.exists()


def test_another_program_does_not_see_it(
    organisation: Organisation, office: Membership, other_program: Program
) -> None:
    take_in_statement(organisation=organisation, content=CSV, actor=office)
    with acting_in(other_program.pk):
        assert not BankLine.objects.exists() and not BankStatement.objects.exists()
