"""suspend: the secretariat stops a school."""

import pytest

from audit.models import Record
from kernel.errors import NotAllowed
from partners.errors import AlreadyDecided, ReasonNeeded
from partners.suspend import suspend
from tests.partners.cast import School


def test_it_stops_the_school_and_keeps_what_it_is_owed(school: School) -> None:
    stopped = suspend(provider=school.provider, reason="書類の確認", actor=school.office)

    assert (stopped.state, stopped.payable) == ("suspended", school.provider.payable)
    assert Record.objects.get(verb="provider.suspended").facts == {"reason": "書類の確認"}
    with pytest.raises(AlreadyDecided):
        suspend(provider=school.provider, reason="もう一度", actor=school.office)


def test_it_wants_a_reason_and_the_secretariat(school: School) -> None:
    with pytest.raises(ReasonNeeded):
        suspend(provider=school.provider, reason="  ", actor=school.office)
    with pytest.raises(NotAllowed):
        suspend(provider=school.provider, reason="x", actor=school.owner)
    school.provider.refresh_from_db()
    assert school.provider.state == "approved"
