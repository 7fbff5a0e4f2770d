"""approve: the secretariat lets a school in."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import NotAllowed
from ledger.models import Account, Kind
from partners.apply import apply
from partners.approve import approve
from partners.errors import AlreadyDecided
from partners.models import Provider
from partners.suspend import suspend
from programs.models import Membership
from tests.conftest import LAST_DAY
from tests.partners.test_apply import ASKED


@pytest.fixture
def applied(office: Membership) -> Provider:
    return apply(**ASKED, actor=office)


def test_approval_opens_the_payable_account_once(applied: Provider, office: Membership) -> None:
    first = approve(provider=applied, until=LAST_DAY, actor=office)
    suspend(provider=first, reason="確認", actor=office)
    again = approve(provider=applied, until=LAST_DAY, actor=office)

    assert (again.state, again.approved_until, again.payable) == ("approved", LAST_DAY, first.payable)
    assert Account.objects.get(kind=Kind.PAYABLE).label == "まなびの森"


def test_the_same_approval_twice_is_refused(applied: Provider, office: Membership) -> None:
    approve(provider=applied, until=LAST_DAY, actor=office)

    with pytest.raises(AlreadyDecided):
        approve(provider=applied, until=LAST_DAY, actor=office)
    assert approve(provider=applied, until=date(2028, 3, 31), actor=office).approved_until == date(
        2028, 3, 31
    )


def test_a_stranger_may_not(applied: Provider, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        approve(provider=applied, until=LAST_DAY, actor=stranger)
    assert not Account.objects.exists()


def test_the_database_knows_no_approval_without_account_and_day(applied: Provider) -> None:
    with pytest.raises(IntegrityError, match="provider_approved_until"), transaction.atomic():
        Provider.objects.filter(pk=applied.pk).update(state="approved", approved_until=LAST_DAY)
