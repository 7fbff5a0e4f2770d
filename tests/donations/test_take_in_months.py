"""donations.take_in_months: each paid month is one gift in the books, in any order, doubled, late."""

from datetime import date, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from audit.models import Record
from donations.books import CLAIMS, MORE
from donations.errors import PaymentDiffers
from donations.follow import ask_and_follow
from donations.models import Campaign, Donation, Finding, Organisation, Pledge
from donations.receipt_queries import gift_years_of
from donations.refund import ask_stripe_to_refund, refund
from donations.take_in_months import take_in_months
from kernel.clock import now, today
from ledger.balances import balance_yen
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program, Role
from tests.donations.conftest import moved, violations, work_off
from tests.donations.monthly import (
    FAILS_LATER,
    a_month,
    advance,
    asked_again,
    begun,
    running,
    said_of,
    standing_campaign,
    wished,
)
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


def legs(donation: Donation) -> list[tuple[str, int, str, str, int]]:
    return [
        (donation.source, 1, "stripe_clearing", "fund", 2_700),
        (donation.source, 2, "stripe_clearing", "operating", 300),
        (donation.source, 3, "payment_fees", "stripe_clearing", 108),
    ]


@pytest.mark.real_time
def test_from_the_page_to_half_a_year_in_the_books(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    first = pledge.donations.get()
    assert (pledge.state, first.state, first.fee_yen, first.is_first_month) == ("active", "paid", 108, True)
    assert pledge.next_charge_on and pledge.next_charge_on > today() and pledge.user == first.user
    assert moved() == legs(first)

    advance(standin, 6 * 31 * 86_400)
    pledge = asked_again(program, pledge)
    asked_again(program, pledge)

    gifts = list(pledge.donations.order_by("paid_at"))
    assert len(gifts) == 7 and {gift.state for gift in gifts} == {"paid"}
    assert len({gift.charge_id for gift in gifts}) == 7 and all(gift.fee_yen == 108 for gift in gifts)
    assert moved() == sorted(leg for gift in gifts for leg in legs(gift)) and not violations()
    witness = next(iter(standin.control("ledger")["accounts"].values()))
    clearing = standing.organisation.clearing
    assert witness["agrees"] and witness["balance_yen"] == balance_yen(clearing) == 7 * 2_892


def test_every_order_of_what_stripe_says_ends_the_same(standing: Campaign) -> None:
    for order in permutations(range(3)):
        pledge = wished(standing, email=f"{''.join(map(str, order))}@example.jp")
        months = [a_month(pledge, number) for number in range(3)]
        unknown = a_month(pledge, 0, fee_yen=None)  # the fee comes a moment later
        says = [said_of(pledge, months[0]), said_of(pledge, unknown, months[1]), said_of(pledge, *months)]
        for number in (*order, *order):
            take_in_months(pledge_id=pledge.pk, said=says[number])
        assert pledge.donations.filter(state="paid", fee_yen=108).count() == 3
    assert len(moved()) == 6 * 3 * 3 and not violations()
    assert Message.objects.filter(topic="monthly_started").count() == 6


def test_the_share_is_frozen_as_it_was_promised(standing: Campaign) -> None:
    pledge = running(standing)
    Campaign.objects.update(operating_per_mille=500)

    take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2)))

    assert set(pledge.donations.values_list("operating_yen", flat=True)) == {300}


def test_an_amount_nobody_agreed_to_is_a_question_and_not_booked(standing: Campaign) -> None:
    pledge = running(standing)

    for _ in range(2):
        take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2, amount_yen=30_000)))

    assert pledge.donations.count() == 1
    finding = Finding.objects.get(kind="payment_differs")
    assert (finding.amount_yen, finding.facts["pledge_id"]) == (30_000, pledge.pk)


def test_another_amount_at_stripe_is_set_back(standing: Campaign) -> None:
    pledge = running(standing)

    after = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, amount_yen=9_000))

    assert (after.amount_yen, after.wanted_yen) == (3_000, 3_000)
    assert Message.objects.filter(topic="monthly_to_stripe").count() == 1
    assert Record.objects.get(verb="monthly.amount_differs").facts == {"amount_yen": 9_000}


def test_one_that_began_as_its_campaign_was_closed_is_stopped_when_it_is_next_looked_at(
    standing: Campaign,
) -> None:
    pledge = running(standing)
    # Who closed it looked for running ones a moment before this one ran, and the other way round.
    Campaign.objects.filter(pk=standing.pk).update(state="closed", closed_at=now())

    for _night in range(2):
        pledge = take_in_months(pledge_id=pledge.pk, said=said_of(pledge))

    assert pledge.is_stopping and pledge.stop_why == "campaign" and pledge.next_charge_on is None
    assert Message.objects.filter(topic="monthly_to_stripe").count() == 1


def test_another_ones_answer_is_refused(standing: Campaign) -> None:
    mine, other = running(standing), wished(standing, email="x@example.jp")

    with pytest.raises(PaymentDiffers):
        take_in_months(pledge_id=other.pk, said=said_of(mine, a_month(mine, 9)))

    other.refresh_from_db()
    assert other.state == "started" and Donation.objects.count() == 1


def test_a_month_paid_elsewhere_brings_nothing_to_stripe(standing: Campaign) -> None:
    pledge = running(standing)

    take_in_months(
        pledge_id=pledge.pk,
        said=said_of(pledge, a_month(pledge, 2, state=Donation.State.PENDING, charge_id="", fee_yen=None)),
    )

    assert pledge.donations.count() == 1


def test_ended_is_never_left_but_what_was_charged_is_booked(standing: Campaign) -> None:
    pledge = running(standing)
    ended = said_of(pledge, state=Pledge.State.ENDED, next_charge_on=None, why_ended=Pledge.Why.CARD)
    take_in_months(pledge_id=pledge.pk, said=ended)

    late = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2)))

    assert (late.state, late.next_charge_on, late.stop_why) == ("ended", None, "card")
    assert pledge.donations.count() == 2 and Message.objects.filter(topic="monthly_ended").count() == 1


def test_a_declined_month_is_told_once_and_a_late_word_of_it_not_at_all(standing: Campaign) -> None:
    pledge = running(standing)
    second = a_month(pledge, 2)
    declined = said_of(pledge, declined_invoice_id=second.invoice_id, retry_on=date(2027, 4, 3))

    for _ in range(2):
        after = take_in_months(pledge_id=pledge.pk, said=declined)
    assert after.is_declined and after.retry_on == date(2027, 4, 3)
    recovered = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, second))
    late = take_in_months(pledge_id=pledge.pk, said=declined)

    assert not recovered.is_declined and not late.is_declined and late.retry_on is None
    assert Message.objects.filter(topic="monthly_declined").count() == 1


def test_stripe_that_gives_up_and_keeps_it_is_told_to_stop(standing: Campaign) -> None:
    pledge = running(standing)

    after = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, is_given_up=True, next_charge_on=None))

    assert after.is_stopping and after.stop_why == "card"
    assert Message.objects.filter(topic="monthly_to_stripe").count() == 1


@pytest.mark.real_time
def test_declined_until_the_end_and_the_mails_say_what_to_do(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing, card=FAILS_LATER)
    advance(standin)
    pledge = asked_again(program, pledge)
    assert pledge.is_declined and pledge.retry_on and pledge.state == "active"
    work_off()
    advance(standin, 30 * 86_400)
    pledge = asked_again(program, pledge)
    work_off()

    assert (pledge.state, pledge.stop_why, pledge.donations.count()) == ("ended", "card", 1)
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "毎月の寄付が始まりました",
        "カードからお支払いできませんでした",
        "毎月の寄付を停止しました",
    ]
    declined = mail.outbox[1].body
    assert f"/{program.slug}/my/monthly/{pledge.pk}/" in declined and "別のカード" in declined
    assert str(pledge.reference) not in "".join(message.body for message in mail.outbox)


@pytest.mark.real_time
def test_a_refund_and_a_dispute_of_a_month_follow_as_for_any_gift(
    program: Program, standing: Campaign, standin: Standin, office: Membership
) -> None:
    pledge = begun(standin, program, standing)
    month = pledge.donations.get()
    asked = refund(
        donation=month, amount_yen=3_000, reason="申し出", request_key=pledge.reference, actor=office
    )

    ask_stripe_to_refund(program=program, refund_id=asked.pk)
    advance(standin)
    pledge = asked_again(program, pledge)
    second = pledge.donations.latest("paid_at")
    standin.control("disputes", {"charge": second.charge_id})
    standin.settled()
    second = ask_and_follow(program_id=program.pk, donation_id=second.pk)

    month.refresh_from_db()
    assert (month.state, month.gone_yen, second.gone_yen) == ("paid", 3_000, 3_000) and not violations()


def test_months_are_on_one_receipt_for_the_year(standing: Campaign) -> None:
    pledge = running(standing)
    take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2), a_month(pledge, 3)))

    (year,) = gift_years_of(pledge.email)

    assert (year.count, year.yen) == (3, 9_000)


def test_only_the_first_month_is_thanked_for(standing: Campaign) -> None:
    pledge = running(standing)
    take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2)))

    work_off()

    assert [message.subject for message in mail.outbox] == ["毎月の寄付が始まりました"]
    assert Message.objects.filter(topic="gift_paid").count() == 2


def test_one_invoice_is_one_gift_for_the_database_too(standing: Campaign) -> None:
    gift = running(standing).donations.get()
    for changes in ({"invoice_id": ""}, {"method": "konbini"}, {"pledge_id": None}):
        with pytest.raises(IntegrityError, match="donation_month_has_its_invoice"), transaction.atomic():
            Donation.objects.filter(pk=gift.pk).update(**changes)
    gift.pk, gift.request_key, gift.reference = None, uuid4(), uuid4()
    gift.payment_intent_id = gift.charge_id = ""
    with pytest.raises(IntegrityError, match="donation_invoice_once"), transaction.atomic():
        gift.save(force_insert=True)


def test_the_books_know_a_month_that_nobody_agreed_to(standing: Campaign) -> None:
    pledge = running(standing)
    assert not verify(CLAIMS, MORE)
    Pledge.objects.filter(pk=pledge.pk).update(agreed_yen=[5_000])

    assert verify(CLAIMS, MORE) == [
        f"donation:{pledge.donations.get().pk}: not as its monthly gift was agreed"
    ]


def test_the_donor_may_come_in(standing: Campaign) -> None:
    pledge = running(standing, email="new@example.jp")

    assert pledge.user and Membership.objects.filter(user=pledge.user, role=Role.DONOR).exists()
    assert pledge.active_at and pledge.active_at - pledge.started_at < timedelta(minutes=1)
