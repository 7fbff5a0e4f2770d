"""ProgramMiddleware: the scope of a request, and what an answer of 500 leaves behind."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from ledger.accounts import open_account
from ledger.models import Account, Kind
from programs.entering import open_to_all
from programs.middleware import own_transactions
from programs.models import Program
from programs.scope import NOWHERE, current_scope
from programs.scoping import acting_in

SEEN: list[object] = []


@open_to_all
def writes(request: HttpRequest) -> HttpResponse:
    """Opens an account and answers as asked."""
    SEEN.append((request.program.slug, current_scope().program_id))  # type: ignore[attr-defined]
    open_account(kind=Kind.FUND, label="written by a view")
    return HttpResponse(status=int(request.GET["answer"]))


@open_to_all
@own_transactions
def waits(request: HttpRequest) -> HttpResponse:
    """Waits for an outside service: has the program, but no scope."""
    SEEN.append((request.program.slug, current_scope()))  # type: ignore[attr-defined]
    return HttpResponse()


@open_to_all
def everywhere(request: HttpRequest) -> HttpResponse:
    """Outside of all programs."""
    SEEN.append((request.program, current_scope()))  # type: ignore[attr-defined]
    return HttpResponse()


urlpatterns = [
    path("everywhere/", everywhere),
    path("<slug:program>/writes/", writes),
    path("<slug:program>/waits/", waits),
]


@pytest.fixture
def get(two_programs: tuple[Program, Program]) -> Callable[[str], int]:
    SEEN.clear()

    def ask(address: str) -> int:
        with override_settings(ROOT_URLCONF="tests.programs.test_middleware"):
            return Client(raise_request_exception=False).get(address).status_code

    return ask


def written(program: Program) -> int:
    with acting_in(program.pk):
        return Account.objects.filter(label="written by a view").count()


def test_a_request_acts_in_the_program_of_its_address_and_no_longer(
    get: Callable[[str], int], two_programs: tuple[Program, Program]
) -> None:
    ours, theirs = two_programs
    assert get("/fukuoka/writes/?answer=200") == 200
    assert [("fukuoka", theirs.pk)] == SEEN
    assert (written(theirs), written(ours)) == (1, 0)
    assert current_scope() == NOWHERE


@pytest.mark.parametrize(("answer", "rows"), [(200, 1), (409, 1), (500, 0), (503, 0)])
def test_only_an_answer_of_500_or_more_takes_back_what_was_written(
    get: Callable[[str], int], two_programs: tuple[Program, Program], answer: int, rows: int
) -> None:
    assert get(f"/shibuya/writes/?answer={answer}") == answer
    assert written(two_programs[0]) == rows


def test_a_missing_program_is_404_and_the_view_never_runs(get: Callable[[str], int]) -> None:
    assert get("/atlantis/writes/?answer=200") == 404
    assert SEEN == []


def test_views_with_transactions_of_their_own_and_pages_of_no_program_get_no_scope(
    get: Callable[[str], int],
) -> None:
    assert get("/shibuya/waits/") == get("/everywhere/") == 200
    assert SEEN == [("shibuya", NOWHERE), (None, NOWHERE)]
