"""donations.read_stripe_lines: every movement at Stripe is written down once, the oldest first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donations import read_stripe_lines as reading
from donations.models import Campaign, StripeLine
from donations.read_stripe_lines import OVERLAP, read_stripe_lines
from donations.stripe_said import LineSaid
from programs.models import Program

FIRST = datetime(2027, 3, 1, tzinfo=UTC)


def lines(count: int) -> list[LineSaid]:
    """As Stripe lists them: the newest first."""
    made = [
        LineSaid(f"txn_{n}", "charge", f"ch_{n}", 1_000, 36, 964, FIRST + timedelta(minutes=n))
        for n in range(count)
    ]
    return made[::-1]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked for; answers with `answer`."""
    asked: list[Any] = []

    def list_lines(*, organisation: Any, since: Any) -> Iterator[LineSaid]:
        asked.append(since)
        yield from lines(len(asked) * 30)

    monkeypatch.setattr(reading, "list_lines", list_lines)
    monkeypatch.setattr(reading, "AT_ONCE", 7)
    return asked


def test_only_what_is_new_is_added_and_asked_for(
    program: Program, campaign: Campaign, listed: list[Any]
) -> None:
    organisation = campaign.organisation
    ids = {"program_id": program.pk, "organisation_id": organisation.pk}

    assert (read_stripe_lines(**ids), read_stripe_lines(**ids)) == (30, 30)
    assert StripeLine.objects.count() == 60
    assert listed == [None, FIRST + timedelta(minutes=29) - OVERLAP]


def test_a_reading_that_was_cut_off_leaves_no_gap(
    program: Program, campaign: Campaign, listed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest are kept first, so that the newest one known never hides one that is missing."""
    kept: list[str] = []
    row = reading._row

    def cut_after_ten(organisation: Any, said: LineSaid) -> StripeLine:
        if len(kept) == 10:
            raise ConnectionError
        kept.append(said.line_id)
        return row(organisation, said)

    monkeypatch.setattr(reading, "_row", cut_after_ten)
    with pytest.raises(ConnectionError):
        read_stripe_lines(program_id=program.pk, organisation_id=campaign.organisation.pk)

    known = set(StripeLine.objects.values_list("line_id", flat=True))
    assert known and known == {f"txn_{n}" for n in range(len(known))}
