"""donations.take_in_payout: Stripe's money reaches the bank, or comes back."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from audit.models import Record
from donations import take_in_payout as taking
from donations.models import Campaign, Donation, Finding, Payout
from donations.stripe_said import PayoutSaid
from donations.take_in_payout import take_in_payout
from ledger.balances import balance_yen
from ledger.models import Transfer
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import make_campaign, make_organisation, violations
from tests.donations.test_webhooks_race import both_at_once, meet

SENT = PayoutSaid("po_1", 9_640, date(2027, 3, 31), Payout.State.SENT)
PAID, FAILED = replace(SENT, state=Payout.State.PAID), replace(SENT, state=Payout.State.FAILED)


def trail() -> list[str]:
    """The ledger alone takes a repeat for the same transfer; that it was told once stands here."""
    return sorted(Record.objects.filter(verb__startswith="payout.").values_list("verb", flat=True))


def test_it_moves_from_clearing_to_the_bank_once(campaign: Campaign, gift: Donation) -> None:
    organisation = campaign.organisation
    for said in (SENT, SENT, PAID, PAID, SENT):
        payout = take_in_payout(organisation_id=organisation.pk, said=said)

    assert (balance_yen(organisation.clearing), balance_yen(organisation.bank)) == (0, 9_640)
    assert trail() == ["payout.sent"]
    assert payout.state == "paid" and Payout.objects.count() == 1  # what was heard late leads nowhere back
    assert violations() == []


@pytest.mark.parametrize("order", list(permutations([SENT, PAID, FAILED])))
def test_one_that_the_bank_refused_comes_back_in_any_order(
    campaign: Campaign, gift: Donation, order: tuple[PayoutSaid, ...]
) -> None:
    organisation = campaign.organisation
    with transaction.atomic():
        for said in (*order, FAILED):
            payout = take_in_payout(organisation_id=organisation.pk, said=said)

        assert (payout.state, balance_yen(organisation.clearing)) == ("failed", 9_640)
        assert balance_yen(organisation.bank) == 0
        assert Finding.objects.get().kind == "payout_failed"
        assert trail() == ["payout.failed", "payout.sent"]
        assert violations() == []


def test_a_payout_that_was_only_heard_of_as_failed_went_and_came(campaign: Campaign, gift: Donation) -> None:
    organisation = campaign.organisation
    with transaction.atomic():
        for said in (FAILED, PAID, SENT):
            payout = take_in_payout(organisation_id=organisation.pk, said=said)
            assert payout.state == "failed"
        sources = set(Transfer.objects.filter(source__startswith="payout").values_list("source", flat=True))
        assert sources == {payout.source, payout.failed_source}
        assert balance_yen(organisation.bank) == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_hear_at_once_that_it_failed_bring_it_back_once(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the organisation's lock both would meet before the way back, having read the same payout."""
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        organisation = make_campaign(make_organisation(office), office).organisation
        take_in_payout(organisation_id=organisation.pk, said=SENT)
    barrier, real = Barrier(2, timeout=0.5), taking.post

    def post_together(**said: Any) -> Any:
        meet(barrier)
        return real(**said)

    def take() -> str:
        with acting_in(program.pk):
            return str(take_in_payout(organisation_id=organisation.pk, said=FAILED).state)

    monkeypatch.setattr(taking, "post", post_together)
    assert both_at_once(take) == ["failed", "failed"]

    with acting_in(program.pk):
        assert (balance_yen(organisation.bank), Transfer.objects.count()) == (0, 2)
        assert Finding.objects.count() == 1 and trail() == ["payout.failed", "payout.sent"]
