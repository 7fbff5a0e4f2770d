"""donations.note_finding and settle_finding: a question is asked once and answered with words."""

import pytest
from django.db import IntegrityError, transaction

from donations.errors import ReasonNeeded
from donations.models import Finding
from donations.note_finding import note_finding
from donations.settle_finding import settle_finding
from kernel.clock import now
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from programs.scoping import acting_in


@pytest.fixture
def question(program: Program) -> Finding:
    return note_finding(Finding.Kind.UNKNOWN_LINE, about="txn_1", amount_yen=500)


def test_the_same_question_is_asked_once_also_after_its_answer(question: Finding, office: Membership) -> None:
    settle_finding(finding=question, words="別のサイトの売上でした", actor=office)

    assert note_finding(Finding.Kind.UNKNOWN_LINE, about="txn_1") == question
    assert Finding.objects.get().words == "別のサイトの売上でした"


def test_an_answer_needs_words_and_the_first_one_stays(question: Finding, office: Membership) -> None:
    with pytest.raises(ReasonNeeded):
        settle_finding(finding=question, words=" ", actor=office)
    assert Finding.objects.get().settled_at is None

    settle_finding(finding=question, words="first", actor=office)
    assert settle_finding(finding=question, words="second", actor=office).words == "first"


def test_the_database_wants_words_too(question: Finding) -> None:
    with pytest.raises(IntegrityError, match="finding_settled_with_words"), transaction.atomic():
        Finding.objects.filter(pk=question.pk).update(settled_at=now())


def test_a_stranger_may_not_and_another_program_does_not_see_it(
    question: Finding, stranger: Membership, other_program: Program
) -> None:
    with pytest.raises(NotAllowed):
        settle_finding(finding=question, words="x", actor=stranger)
    with acting_in(other_program.pk):
        assert not Finding.objects.exists()
