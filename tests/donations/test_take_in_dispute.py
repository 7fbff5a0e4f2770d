"""donations.take_in_dispute: the money leaves, and comes back when the dispute is won."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from django.db import transaction

from donations.follow import ask_and_follow, follow
from donations.models import Campaign, Dispute, Donation, Finding
from donations.refund import refundable_yen
from donations.stripe_said import After, DisputeSaid
from donations.take_in_dispute import take_in_dispute
from ledger.balances import balance_yen
from ledger.models import Account
from programs.models import Program
from tests.donations.conftest import KEY, moved, paid_gift, violations
from tests.donations.test_refund import said, spend_on_coupons
from tests.stripe_standin.running import Standin

OPENED = datetime(2027, 3, 31, 2, tzinfo=UTC)
DISPUTED = "4000 0000 0000 0259"
OPEN = DisputeSaid(
    dispute_id="du_1",
    amount_yen=10_000,
    fee_yen=1_500,
    fee_returned_yen=0,
    state=Dispute.State.OPEN,
    reason="fraudulent",
    due_by=OPENED,
    opened_at=OPENED,
    is_withdrawn=True,
    is_returned=False,
)
WON = replace(OPEN, state=Dispute.State.WON, is_returned=True)
LOST = replace(OPEN, state=Dispute.State.LOST)


def test_an_open_dispute_takes_the_gift_and_the_fee_and_is_a_question(
    gift: Donation,
    fund: Account,
) -> None:
    for _ in range(2):
        dispute = take_in_dispute(donation=gift, said=OPEN)

    organisation = gift.campaign.organisation
    assert (dispute.fund_yen, dispute.operating_yen, dispute.reserve_yen) == (9_000, 1_000, 0)
    assert (balance_yen(fund), balance_yen(organisation.fees)) == (0, 1_860)
    assert (Finding.objects.get().kind, Finding.objects.get().due_by) == ("dispute", OPENED)
    assert refundable_yen(gift) == 0
    assert violations() == []


def test_a_won_one_gives_back_what_it_took_but_the_fee(gift: Donation, fund: Account) -> None:
    for one in (OPEN, WON, WON):
        dispute = take_in_dispute(donation=gift, said=one)

    assert (dispute.state, balance_yen(fund)) == ("won", 9_000)
    assert balance_yen(gift.campaign.organisation.clearing) == 10_000 - 360 - 1_500
    assert refundable_yen(gift) == 10_000
    assert violations() == []


def test_a_fee_that_stripe_gives_back_is_booked(gift: Donation) -> None:
    take_in_dispute(donation=gift, said=replace(WON, fee_returned_yen=1_500))

    assert balance_yen(gift.campaign.organisation.fees) == 360
    assert violations() == []


def test_a_lost_one_never_takes_from_a_coupon(gift: Donation, fund: Account) -> None:
    coupon = spend_on_coupons(fund, 9_000)

    dispute = take_in_dispute(donation=gift, said=LOST)

    assert (dispute.state, dispute.reserve_yen, balance_yen(coupon)) == ("lost", 9_000, 9_000)
    assert {finding.kind for finding in Finding.objects.all()} == {"dispute", "reserve_short"}


def test_a_warning_without_movement_moves_nothing(gift: Donation) -> None:
    before = moved()
    take_in_dispute(donation=gift, said=replace(OPEN, is_withdrawn=False, fee_yen=0))
    assert moved() == before


def test_all_orders_of_what_stripe_may_say_end_the_same(gift: Donation, fund: Account) -> None:
    part = said(2_000)
    after_part = replace(OPEN, amount_yen=8_000)
    stories = [
        After([], []),
        After([part], []),
        After([part], [after_part]),
        After([part], [replace(after_part, state=Dispute.State.WON, is_returned=True)]),
    ]
    for order in permutations(stories):
        with transaction.atomic():
            for story in (*order, stories[-1]):  # what is fetched last is the newest
                follow(donation_id=gift.pk, after=story)
                follow(donation_id=gift.pk, after=story)
            assert (balance_yen(fund), balance_yen(gift.campaign.organisation.fees)) == (7_200, 1_860)
            assert violations() == []
            transaction.set_rollback(True)


@pytest.mark.real_time
@pytest.mark.parametrize("end", ["won", "lost"])
def test_the_stand_ins_books_agree(program: Program, campaign: Campaign, standin: Standin, end: str) -> None:
    gift = paid_gift(standin, program, campaign, card=DISPUTED)
    ask_and_follow(program_id=program.pk, donation_id=gift.pk)
    dispute = Dispute.objects.get()

    standin.control("disputes/close", {"dispute": dispute.dispute_id, "status": end})
    ask_and_follow(program_id=program.pk, donation_id=gift.pk)

    dispute.refresh_from_db()
    (books,) = standin.control(f"ledger?key={KEY}")["accounts"].values()
    assert (dispute.state, dispute.is_returned) == (end, end == "won")
    assert balance_yen(campaign.organisation.clearing) == books["balance_yen"]
    assert violations() == []
