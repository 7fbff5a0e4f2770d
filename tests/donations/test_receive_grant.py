"""donations.receive_grant: a city's money comes by bank."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from donations.errors import GrantKeyUsed
from donations.models import Grant
from donations.receive_grant import receive_grant
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import moved


def receive(actor: Membership, **changes: Any) -> Grant:
    said = {
        "funder": "福岡市",
        "amount_yen": 12_000_000,
        "received_on": date(2026, 4, 10),
        "note": "交付決定 第12号",
        "request_key": uuid4(),
    }
    return receive_grant(**{**said, **changes}, actor=actor)


def test_a_grant_becomes_a_fund(office: Membership) -> None:
    grant = receive(office)

    assert balance_yen(grant.fund) == 12_000_000
    assert moved() == [(grant.source, 1, "bank", "fund", 12_000_000)]


def test_the_next_grant_of_a_funder_goes_to_the_same_fund(office: Membership) -> None:
    assert receive(office).fund == receive(office).fund
    assert receive(office, funder="県").fund.label == "県"


def test_a_repeat_is_one_and_other_figures_are_refused(office: Membership) -> None:
    key = uuid4()

    assert receive(office, request_key=key) == receive(office, request_key=key)
    with pytest.raises(GrantKeyUsed):
        receive(office, request_key=key, amount_yen=1)
    assert Transfer.objects.count() == 1


def test_a_stranger_may_not(stranger: Membership, city: Membership) -> None:
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            receive(actor)
    assert not Grant.objects.exists() and not Transfer.objects.exists()


def test_another_program_does_not_see_it(office: Membership, other_program: Program) -> None:
    receive(office)
    with acting_in(other_program.pk):
        assert not Grant.objects.exists()
