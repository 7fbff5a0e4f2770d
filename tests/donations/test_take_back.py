"""donations.take_back: what has gone back stands on the gift, however it went and whatever came again."""

from dataclasses import replace

import pytest

from donations.models import Dispute, Donation, Refund
from donations.refund import take_in_refund
from donations.stripe_said import DisputeSaid
from donations.take_in_dispute import take_in_dispute
from tests.donations.conftest import violations
from tests.donations.test_refund import OPEN, said

WON = replace(OPEN, state=Dispute.State.WON, is_returned=True)


def gone(gift: Donation) -> int:
    return Donation.objects.get(pk=gift.pk).gone_yen


def test_a_refund_is_gone_until_the_bank_sends_it_back(gift: Donation) -> None:
    seen = []
    for state in (Refund.State.ASKED, Refund.State.DONE, Refund.State.DONE, Refund.State.FAILED):
        take_in_refund(donation=gift, said=said(4_000, state=state))
        seen.append(gone(gift))

    assert seen == [0, 4_000, 4_000, 0]
    assert violations() == []


@pytest.mark.parametrize(
    ("then", "left"), [(WON, 0), (replace(OPEN, state=Dispute.State.LOST), 10_000), (OPEN, 10_000)]
)
def test_a_disputed_gift_is_gone_until_it_is_won(gift: Donation, then: DisputeSaid, left: int) -> None:
    take_in_dispute(donation=gift, said=replace(OPEN, is_withdrawn=False, fee_yen=0))
    assert gone(gift) == 0  # an inquiry: no money has moved
    take_in_dispute(donation=gift, said=OPEN)
    assert gone(gift) == 10_000
    take_in_dispute(donation=gift, said=then)

    assert gone(gift) == left
    assert violations() == []


def test_no_more_is_gone_than_was_given_though_stripe_took_it_twice(gift: Donation) -> None:
    take_in_refund(donation=gift, said=said(10_000))
    take_in_dispute(donation=gift, said=OPEN)
    assert gone(gift) == 10_000

    take_in_dispute(donation=gift, said=WON)
    assert gone(gift) == 10_000  # the refund has still gone
    assert violations() == []
