"""donations.take_in_payout: Stripe's money reaches the bank, or comes back."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from django.db import transaction

from donations.models import Campaign, Donation, Finding, Payout
from donations.stripe_said import PayoutSaid
from donations.take_in_payout import take_in_payout
from ledger.balances import balance_yen
from tests.donations.conftest import violations

SENT = PayoutSaid("po_1", 9_640, date(2027, 3, 31), Payout.State.SENT)
PAID, FAILED = replace(SENT, state=Payout.State.PAID), replace(SENT, state=Payout.State.FAILED)


def test_it_moves_from_clearing_to_the_bank_once(campaign: Campaign, gift: Donation) -> None:
    organisation = campaign.organisation
    for said in (SENT, SENT, PAID, PAID, SENT):
        payout = take_in_payout(organisation_id=organisation.pk, said=said)

    assert (balance_yen(organisation.clearing), balance_yen(organisation.bank)) == (0, 9_640)
    assert payout.state in ("paid", "sent") and Payout.objects.count() == 1
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
        assert violations() == []
