"""donations.refund: a gift goes back, whole or in part, and never out of a child's coupon."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from audit.models import Record
from donations import refund as refunding
from donations.books import CLAIMS, MORE
from donations.confirm import confirm
from donations.errors import NotRefundable, PaymentServiceAway, ReasonNeeded, RefundKeyUsed
from donations.follow import ask_and_follow, follow
from donations.models import Campaign, Dispute, Donation, Finding, Refund
from donations.queries import standing_of
from donations.refund import ask_stripe_to_refund, refund, refundable_yen, take_in_refund
from donations.settle_finding import settle_finding
from donations.stripe_said import After, DisputeSaid, RefundSaid
from donations.take_back import loss_reserve
from donations.take_in_dispute import take_in_dispute
from kernel.errors import NotAllowed
from ledger.accounts import open_account
from ledger.balances import balance_yen
from ledger.models import Account, Kind, Transfer
from ledger.post import post
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program
from tests.donations.conftest import KEY, begin, moved, paid_gift, violations, work_off
from tests.donations.test_confirm import said_of
from tests.stripe_standin.running import Standin

MADE_AT = datetime(2027, 3, 31, 2, tzinfo=UTC)
OPEN = DisputeSaid(
    dispute_id="du_1",
    amount_yen=10_000,
    fee_yen=1_500,
    fee_returned_yen=0,
    state=Dispute.State.OPEN,
    reason="fraudulent",
    due_by=MADE_AT,
    opened_at=MADE_AT,
    is_withdrawn=True,
    is_returned=False,
)


def ask(gift: Donation, office: Membership, amount_yen: int = 10_000) -> Refund:
    return refund(
        donation=gift, amount_yen=amount_yen, reason="二重に申し込まれた", request_key=uuid4(), actor=office
    )


def said(amount_yen: int, *, number: int = 1, state: Refund.State = Refund.State.DONE) -> RefundSaid:
    return RefundSaid(f"re_{number}", "", amount_yen, state, "", MADE_AT)


def spend_on_coupons(fund: Account, yen: int) -> Account:
    coupon = open_account(kind=Kind.COUPON, label="coupon")
    post(debit=fund, credit=coupon, amount_yen=yen, source=f"test-issue:{coupon.pk}")
    return coupon


def test_asking_moves_nothing_and_leaves_a_message(gift: Donation, office: Membership) -> None:
    before = moved()

    asked = ask(gift, office, 4_000)

    assert (asked.state, asked.amount_yen, refundable_yen(gift)) == ("asked", 4_000, 6_000)
    assert moved() == before
    assert Message.objects.get(topic="refund_asked").facts == {"refund_id": asked.pk}
    assert Record.objects.get(verb="refund.asked").actor_id == office.pk


def test_a_repeat_is_one_and_another_amount_is_refused(gift: Donation, office: Membership) -> None:
    key = uuid4()
    words = {"donation": gift, "reason": "x", "request_key": key, "actor": office}
    first = refund(amount_yen=4_000, **words)

    assert refund(amount_yen=4_000, **words) == first
    with pytest.raises(RefundKeyUsed):
        refund(amount_yen=4_001, **words)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount_yen", [0, -1, 10_001])
def test_more_than_was_given_or_nothing_is_refused(
    gift: Donation, office: Membership, amount_yen: int
) -> None:
    with pytest.raises(NotRefundable):
        ask(gift, office, amount_yen)
    assert not Refund.objects.exists()


def test_two_refunds_are_never_more_than_the_gift(gift: Donation, office: Membership) -> None:
    ask(gift, office, 6_000)
    with pytest.raises(NotRefundable):
        ask(gift, office, 4_001)
    assert ask(gift, office, 4_000).amount_yen == 4_000


def test_an_unpaid_gift_and_a_missing_reason_are_refused(
    campaign: Campaign, gift: Donation, office: Membership
) -> None:
    with pytest.raises(NotRefundable):
        ask(begin(campaign, 3_000), office, 1)
    with pytest.raises(ReasonNeeded):
        refund(donation=gift, amount_yen=1, reason="  ", request_key=uuid4(), actor=office)


def test_a_stranger_may_not(gift: Donation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        ask(gift, stranger)
    assert not Refund.objects.exists()


def test_a_whole_refund_takes_from_each_account_what_it_got(gift: Donation, fund: Account) -> None:
    done = take_in_refund(donation=gift, said=said(10_000))

    assert (done.fund_yen, done.operating_yen, done.reserve_yen) == (9_000, 1_000, 0)
    assert [leg for leg in moved() if leg[0] == done.source] == [
        (done.source, 1, "fund", "stripe_clearing", 9_000),
        (done.source, 2, "operating", "stripe_clearing", 1_000),
    ]
    assert balance_yen(fund) == 0
    assert violations() == []


@pytest.mark.parametrize("parts", [(3_333, 3_333, 3_334), (1, 9_999), (9_999, 1), (5_000, 5_000)])
def test_parts_that_make_the_whole_take_exactly_what_the_gift_gave(
    gift: Donation, fund: Account, parts: tuple[int, ...]
) -> None:
    for number, yen in enumerate(parts):
        take_in_refund(donation=gift, said=said(yen, number=number))

    assert balance_yen(fund) == 0
    assert gift.campaign.operating and balance_yen(gift.campaign.operating) == 0
    assert violations() == []


def test_money_that_became_coupons_stays_with_the_children(gift: Donation, fund: Account) -> None:
    coupon = spend_on_coupons(fund, 7_000)

    done = take_in_refund(donation=gift, said=said(10_000))

    assert (done.fund_yen, done.operating_yen, done.reserve_yen) == (2_000, 1_000, 7_000)
    assert balance_yen(coupon) == 7_000
    assert balance_yen(loss_reserve()) == -7_000
    assert Finding.objects.get().kind == "reserve_short"
    assert [one for one in violations() if "test-issue" not in one] == []


def test_booking_twice_moves_once(gift: Donation) -> None:
    take_in_refund(donation=gift, said=said(4_000))
    before = moved()
    take_in_refund(donation=gift, said=said(4_000))

    assert moved() == before


def test_a_refund_that_fails_at_the_bank_comes_back_and_is_a_question(gift: Donation, fund: Account) -> None:
    done = take_in_refund(donation=gift, said=said(4_000))
    assert balance_yen(fund) == 5_400
    for _ in range(2):
        take_in_refund(donation=gift, said=said(4_000, state=Refund.State.FAILED))

    done.refresh_from_db()
    assert (done.state, balance_yen(fund), refundable_yen(gift)) == ("failed", 9_000, 10_000)
    assert Finding.objects.get().kind == "refund_refused"
    assert violations() == []


def test_one_under_way_moves_nothing_until_the_money_has_left(gift: Donation) -> None:
    before = moved()
    take_in_refund(donation=gift, said=said(4_000, state=Refund.State.ASKED))
    assert moved() == before
    take_in_refund(donation=gift, said=said(4_000))
    assert len(moved()) == len(before) + 2


@pytest.mark.real_time
def test_stripe_pays_back_and_the_books_agree(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    asked = ask(gift, office, 4_000)

    done = ask_stripe_to_refund(program=program, refund_id=asked.pk)
    again = ask_stripe_to_refund(program=program, refund_id=asked.pk)
    ask_and_follow(program_id=program.pk, donation_id=gift.pk)

    assert (done.state, again.pk, Refund.objects.count()) == ("done", done.pk, 1)
    (books,) = standin.control(f"ledger?key={KEY}")["accounts"].values()
    assert balance_yen(campaign.organisation.clearing) == books["balance_yen"]
    assert violations() == []


@pytest.mark.real_time
def test_the_outbox_sends_it_and_a_lost_answer_is_asked_again(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    asked = ask(gift, office, 4_000)
    standin.control("faults", {"timeout_after_commit": 1, "hang_ms": 0})

    work_off()
    ask_and_follow(program_id=program.pk, donation_id=gift.pk)

    asked.refresh_from_db()
    assert (asked.state, Refund.objects.count()) == ("done", 1)
    assert violations() == []


def test_with_stripe_away_it_stays_under_way(
    program: Program, gift: Donation, office: Membership, stripe_away: None
) -> None:
    asked = ask(gift, office)
    with pytest.raises(PaymentServiceAway):
        ask_stripe_to_refund(program=program, refund_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.state, Transfer.objects.filter(source=asked.source).count()) == ("asked", 0)


@pytest.mark.real_time
def test_one_that_stripe_refuses_has_failed_and_is_a_question(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    Donation.objects.filter(pk=gift.pk).update(charge_id="ch_gone")
    asked = ask(gift, office)

    work_off()

    asked.refresh_from_db()
    assert (asked.state, Finding.objects.get().about) == ("failed", asked.source)
    assert violations() == []


def test_following_in_any_order_books_refunds_of_the_dashboard(gift: Donation) -> None:
    both = After([said(1_000), said(2_000, number=2)], [])
    follow(donation_id=gift.pk, after=both)
    follow(donation_id=gift.pk, after=both)

    assert sorted(Refund.objects.values_list("amount_yen", "asked_by")) == [(1_000, None), (2_000, None)]
    assert violations() == []


def test_what_was_refunded_and_disputed_never_takes_what_others_gave(
    gift: Donation, campaign: Campaign, fund: Account
) -> None:
    other = begin(campaign)
    Donation.objects.filter(pk=other.pk).update(state="pending", session_id="cs_other")
    confirm(donation_id=other.pk, payment=said_of(other))
    take_in_refund(donation=gift, said=said(10_000))

    dispute = take_in_dispute(donation=gift, said=OPEN)

    assert (dispute.fund_yen, dispute.operating_yen, dispute.reserve_yen) == (0, 0, 10_000)
    assert balance_yen(fund) == 9_000  # the other's, untouched
    gift.refresh_from_db()
    assert (gift.gone_yen, gift.kept_yen) == (10_000, 0)
    assert violations() == []


def test_one_that_was_called_failed_too_early_is_booked_when_stripe_did_it(
    gift: Donation, office: Membership, fund: Account
) -> None:
    asked = ask(gift, office, 4_000)
    Refund.objects.filter(pk=asked.pk).update(state="failed")

    take_in_refund(
        donation=gift, said=RefundSaid("re_9", str(asked.request_key), 4_000, Refund.State.DONE, "", MADE_AT)
    )

    assert (Refund.objects.get().state, balance_yen(fund)) == ("done", 5_400)
    assert violations() == []


def test_a_note_of_someone_else_on_a_refund_is_no_key_of_ours(gift: Donation) -> None:
    take_in_refund(donation=gift, said=RefundSaid("re_9", "order-17", 4_000, Refund.State.DONE, "", MADE_AT))
    assert Refund.objects.get().amount_yen == 4_000


@pytest.mark.real_time
def test_what_stripe_has_made_already_is_not_asked_for_again(
    program: Program,
    campaign: Campaign,
    office: Membership,
    standin: Standin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after a day, when Stripe has forgotten our key: the second asking would be a second refund."""
    gift = paid_gift(standin, program, campaign)
    asked = ask(gift, office, 4_000)
    ask_stripe_to_refund(program=program, refund_id=asked.pk)
    Refund.objects.filter(pk=asked.pk).update(state="asked", refund_id="", fund_yen=0, operating_yen=0)
    monkeypatch.setattr(refunding, "ask_for_refund", lambda **_: pytest.fail("asked again"))

    assert ask_stripe_to_refund(program=program, refund_id=asked.pk).state == "done"


def test_each_shortage_of_the_reserve_is_a_question(
    gift: Donation, fund: Account, office: Membership
) -> None:
    spend_on_coupons(fund, 9_000)
    take_in_refund(donation=gift, said=said(3_000))
    settle_finding(finding=Finding.objects.get(), words="補った", actor=office)
    take_in_refund(donation=gift, said=said(3_000, number=2))

    assert Finding.objects.filter(kind="reserve_short", settled_at=None).count() == 1


def test_a_mere_inquiry_does_not_keep_a_gift_from_going_back(gift: Donation) -> None:
    take_in_dispute(donation=gift, said=replace(OPEN, is_withdrawn=False, fee_yen=0))
    assert refundable_yen(gift) == 10_000


def test_books_see_a_gift_whose_pages_would_show_another_sum(gift: Donation) -> None:
    Donation.objects.filter(pk=gift.pk).update(gone_yen=1)
    assert any("said to have gone back" in one for one in verify(CLAIMS, MORE))


def test_large_gifts_are_summed_beyond_what_an_integer_holds(campaign: Campaign) -> None:
    Campaign.objects.update(maximum_yen=90_000_000)
    campaign.refresh_from_db()
    begun = begin(campaign, 50_000_000)
    Donation.objects.filter(pk=begun.pk).update(state="pending", session_id="cs_large")
    confirm(donation_id=begun.pk, payment=said_of(begun))

    standing = standing_of(campaign)
    assert (standing.raised_yen, standing.operating_yen) == (50_000_000, 5_000_000)


def test_what_went_back_is_not_raised(gift: Donation, campaign: Campaign) -> None:
    take_in_refund(donation=gift, said=said(4_000))
    assert (standing_of(campaign).raised_yen, standing_of(campaign).donors) == (6_000, 1)
    take_in_refund(donation=gift, said=said(6_000, number=2))
    assert (standing_of(campaign).raised_yen, standing_of(campaign).donors) == (0, 0)
