"""donations.reconcile: Stripe's own list against the books, to the yen; what was missed is repaired."""

from datetime import timedelta
from typing import Any

import pytest

from donations import reconcile as reconciling
from donations.errors import PaymentServiceAway
from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Finding, Organisation, Payout, Reconciliation, StripeLine
from donations.reconcile import reconcile, reconcile_all
from donations.refund import ask_stripe_to_refund, refund
from kernel.clock import now
from ledger.balances import balance_yen
from programs.models import Membership, Program
from tests.donations.conftest import (
    KEY,
    begin,
    make_campaign,
    make_organisation,
    paid_gift,
    violations,
    work_off,
)
from tests.donations.test_refund import ask
from tests.stripe_standin.running import Standin

pytestmark = pytest.mark.real_time


def run(program: Program, organisation: Organisation, **how: bool) -> Reconciliation:
    return reconcile(program_id=program.pk, organisation_id=organisation.pk, **how)


def stand_in_books(standin: Standin) -> dict[str, Any]:
    (books,) = standin.control(f"ledger?key={KEY}")["accounts"].values()
    return dict(books)


def test_gifts_refunds_disputes_and_payouts_are_explained_line_by_line(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    organisation = campaign.organisation
    kept, back, disputed = (
        paid_gift(standin, program, campaign, yen, card=card)
        for yen, card in (
            (10_000, "4242424242424242"),
            (5_000, "4242424242424242"),
            (3_000, "4000000000000259"),
        )
    )
    refund(donation=back, amount_yen=2_000, reason="x", request_key=kept.reference, actor=office)
    standin.settled()
    standin.control("payouts", {"key": KEY})

    done = run(program, organisation)  # nobody told us of the dispute and the payout
    work_off()  # the refund is sent
    after = run(program, organisation)

    assert (done.is_exact, after.is_exact, after.difference_yen) == (True, True, 0)
    assert after.stripe_yen == stand_in_books(standin)["balance_yen"] == balance_yen(organisation.clearing)
    sources = set(StripeLine.objects.values_list("explained_by", flat=True))
    assert {source.partition(":")[0] for source in sources} == {"donation", "refund", "dispute", "payout"}
    assert disputed.disputes.get().is_withdrawn and Payout.objects.get().state == "paid"
    assert violations() == []


def test_a_gift_whose_every_message_was_lost_is_found_by_its_line(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    donation = begin(campaign)
    standin.pay(ask_to_pay(program=program, donation_id=donation.pk))
    standin.settled()

    done = run(program, campaign.organisation)

    donation.refresh_from_db()
    assert (donation.state, done.is_exact) == ("paid", True)
    assert violations() == []


def test_money_that_is_no_gift_of_ours_becomes_a_question_once(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    run(program, campaign.organisation)
    with_other_purpose = begin(campaign, 4_000)
    standin.pay(ask_to_pay(program=program, donation_id=with_other_purpose.pk))
    standin.settled()
    Donation.objects.filter(pk=with_other_purpose.pk).delete()  # as if another website had sold something

    for _ in range(2):
        done = run(program, campaign.organisation)

    assert not done.is_exact and done.open_lines == 1
    assert done.difference_yen == done.open_yen == 4_000 - 144
    question = Finding.objects.get()
    assert (question.kind, question.amount_yen) == ("unknown_charge", 3_856)
    assert gift.state == "paid"


def test_a_paid_gift_that_stripe_does_not_list_is_a_question(
    program: Program, campaign: Campaign, gift: Donation, standin: Standin
) -> None:
    Donation.objects.filter(pk=gift.pk).update(paid_at=now() - timedelta(days=4))

    done = run(program, campaign.organisation)

    assert (done.is_exact, done.difference_yen) == (False, -9_640)
    assert Finding.objects.get(kind="gift_without_line").about == gift.source
    assert Finding.objects.get(kind="clearing_differs").amount_yen == -9_640


def test_running_twice_changes_nothing(program: Program, campaign: Campaign, standin: Standin) -> None:
    paid_gift(standin, program, campaign)
    first = run(program, campaign.organisation)
    second = run(program, campaign.organisation, all_of_it=True)

    assert (first.lines, second.lines, StripeLine.objects.count()) == (1, 1, 1)


def test_two_organisations_never_meet(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    other = make_campaign(
        make_organisation(office, key="sk_test_other", secret="whsec_o"), office, title="other"
    )
    paid_gift(standin, program, campaign)
    paid_gift(standin, program, other, 7_000)

    assert run(program, campaign.organisation).stripe_yen == 9_640
    assert run(program, other.organisation).stripe_yen == 7_000 - 252
    assert reconcile_all() == 0


def test_a_failed_payout_comes_back_and_stripe_away_is_said(
    program: Program, campaign: Campaign, standin: Standin, settings: Any
) -> None:
    paid_gift(standin, program, campaign)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(PaymentServiceAway):
        run(program, campaign.organisation)
    assert reconcile_all() == 1


def test_a_refund_from_the_dashboard_is_booked_when_its_line_is_seen(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = paid_gift(standin, program, campaign)
    asked = ask(gift, office, 1_000)
    ask_stripe_to_refund(program=program, refund_id=asked.pk)
    assert run(program, campaign.organisation).is_exact
    assert ask_and_follow(program_id=program.pk, donation_id=gift.pk).state == "paid"


def test_what_is_wrong_with_one_organisation_stops_no_other(
    program: Program,
    campaign: Campaign,
    office: Membership,
    standin: Standin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_campaign(make_organisation(office, key="sk_test_other", secret="whsec_o"), office, title="other")
    paid_gift(standin, program, campaign)
    real, asked = reconciling.reconcile, []

    def first_is_broken(*, program_id: int, organisation_id: int) -> Reconciliation:
        asked.append(organisation_id)
        if len(asked) == 1:
            raise ValueError("broken")
        return real(program_id=program_id, organisation_id=organisation_id)

    monkeypatch.setattr(reconciling, "reconcile", first_is_broken)
    assert (reconcile_all(), len(asked)) == (1, 2)
