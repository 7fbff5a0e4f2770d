"""donations.reconcile.explain: a line is explained by the event that is exactly it, and by nothing that is nearly it.

What a wrong explanation hides is a yen that nobody asks about. Each condition of reconcile.sql has its line here.
"""

from dataclasses import replace

import pytest

from donations.models import Campaign, Dispute, Donation, Organisation, Payout, Refund, StripeLine
from donations.reconcile import explain
from donations.refund import take_in_refund
from donations.take_in_dispute import take_in_dispute
from donations.take_in_payout import take_in_payout
from kernel.clock import now
from programs.models import Membership
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.test_confirm import pending
from tests.donations.test_refund import OPEN, said
from tests.donations.test_take_in_payout import FAILED, SENT


def line(
    organisation: Organisation, source: str, amount_yen: int, fee_yen: int = 0, kind: str = "charge"
) -> StripeLine:
    made: StripeLine = StripeLine.objects.create(
        organisation=organisation,
        line_id=f"txn_{StripeLine.objects.count() + 1}",
        kind=kind,
        source_id=source,
        amount_yen=amount_yen,
        fee_yen=fee_yen,
        net_yen=amount_yen - fee_yen,
        happened_at=now(),
    )
    return made


def explained(one: StripeLine) -> str:
    explain(program_id=one.program_id, organisation_id=one.organisation_id)
    one.refresh_from_db()
    return str(one.explained_by)


@pytest.mark.parametrize("kind", ["charge", "payment"])
def test_a_gift_explains_its_charge(gift: Donation, organisation: Organisation, kind: str) -> None:
    assert explained(line(organisation, gift.charge_id, 10_000, 360, kind)) == gift.source


@pytest.mark.parametrize(
    ("amount_yen", "fee_yen", "kind"),
    [(9_999, 360, "charge"), (10_000, 361, "charge"), (10_000, 360, "adjustment"), (-10_000, 360, "charge")],
)
def test_a_charge_of_another_sum_fee_or_kind_stays_open(
    gift: Donation, organisation: Organisation, amount_yen: int, fee_yen: int, kind: str
) -> None:
    assert explained(line(organisation, gift.charge_id, amount_yen, fee_yen, kind)) == ""


def test_a_charge_that_is_no_gifts_stays_open(gift: Donation, organisation: Organisation) -> None:
    assert explained(line(organisation, "ch_unknown", 10_000, 360)) == ""
    nameless = line(organisation, "", 10_000, 360)
    Donation.objects.filter(pk=gift.pk).update(charge_id="")
    assert explained(nameless) == ""


def test_a_gift_that_is_not_paid_explains_nothing(campaign: Campaign, organisation: Organisation) -> None:
    waiting = pending(campaign)
    Donation.objects.filter(pk=waiting.pk).update(charge_id="ch_waiting", fee_yen=360)
    assert explained(line(organisation, "ch_waiting", 10_000, 360)) == ""


# --- refunds -------------------------------------------------------------------------------------


@pytest.fixture
def back(gift: Donation) -> Refund:
    return take_in_refund(donation=gift, said=said(4_000))


def test_a_refund_explains_its_way_out_and_its_way_back(
    gift: Donation, back: Refund, organisation: Organisation
) -> None:
    out, again = line(organisation, "re_1", -4_000), line(organisation, "re_1", 4_000)
    assert (explained(out), explained(again)) == (f"refund:{back.pk}", "")
    take_in_refund(donation=gift, said=said(4_000, state=Refund.State.FAILED))
    assert explained(again) == f"refund-failed:{back.pk}"


@pytest.mark.parametrize(("amount_yen", "fee_yen"), [(-3_999, 0), (-4_000, 1), (4_000, 0), (3_999, 0)])
def test_a_refund_of_another_sum_or_with_a_fee_stays_open(
    back: Refund, organisation: Organisation, amount_yen: int, fee_yen: int
) -> None:
    assert explained(line(organisation, "re_1", amount_yen, fee_yen)) == ""


def test_a_refund_that_is_not_booked_explains_nothing(gift: Donation, organisation: Organisation) -> None:
    take_in_refund(donation=gift, said=said(4_000, state=Refund.State.ASKED))
    assert explained(line(organisation, "re_1", -4_000)) == ""
    take_in_refund(donation=gift, said=said(4_000, state=Refund.State.FAILED))
    assert explained(line(organisation, "re_1", 4_000)) == ""  # it failed before any money had moved


# --- disputes ------------------------------------------------------------------------------------


@pytest.fixture
def dispute(gift: Donation) -> Dispute:
    return take_in_dispute(donation=gift, said=OPEN)


def test_a_dispute_explains_what_left_and_once_won_what_came_back(
    gift: Donation, dispute: Dispute, organisation: Organisation
) -> None:
    left, came = line(organisation, "du_1", -10_000, 1_500), line(organisation, "du_1", 10_000, -200)
    assert (explained(left), explained(came)) == (dispute.source, "")
    won = replace(OPEN, state=Dispute.State.WON, is_returned=True, fee_returned_yen=200)
    take_in_dispute(donation=gift, said=won)
    assert explained(came) == dispute.won_source


@pytest.mark.parametrize(
    ("amount_yen", "fee_yen"),
    [(-9_999, 1_500), (-10_000, 1_499), (-10_000, 0), (10_000, 0), (10_000, -1_500)],
)
def test_a_dispute_of_another_sum_or_fee_stays_open(
    dispute: Dispute, organisation: Organisation, amount_yen: int, fee_yen: int
) -> None:
    assert explained(line(organisation, "du_1", amount_yen, fee_yen)) == ""


def test_an_inquiry_that_moved_no_money_explains_nothing(gift: Donation, organisation: Organisation) -> None:
    take_in_dispute(donation=gift, said=replace(OPEN, is_withdrawn=False, fee_yen=0))
    assert explained(line(organisation, "du_1", -10_000)) == ""


# --- payouts -------------------------------------------------------------------------------------


def test_a_payout_explains_its_way_to_the_bank_and_back(gift: Donation, organisation: Organisation) -> None:
    payout = take_in_payout(organisation_id=organisation.pk, said=SENT)
    out, again = line(organisation, "po_1", -9_640), line(organisation, "po_1", 9_640)
    assert (explained(out), explained(again)) == (payout.source, "")
    take_in_payout(organisation_id=organisation.pk, said=FAILED)
    assert explained(again) == payout.failed_source


@pytest.mark.parametrize(("amount_yen", "fee_yen"), [(-9_639, 0), (-9_640, 1), (9_640, 0)])
def test_a_payout_of_another_sum_or_with_a_fee_stays_open(
    gift: Donation, organisation: Organisation, amount_yen: int, fee_yen: int
) -> None:
    take_in_payout(organisation_id=organisation.pk, said=SENT)
    assert explained(line(organisation, "po_1", amount_yen, fee_yen)) == ""


# --- another organisation's ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "amount_yen", "fee_yen"),
    [("ch", 10_000, 360), ("re_1", -4_000, 0), ("du_1", -6_000, 1_500), ("po_1", -9_640, 0)],
)
def test_what_is_another_organisations_explains_nothing(
    gift: Donation, office: Membership, organisation: Organisation, source: str, amount_yen: int, fee_yen: int
) -> None:
    take_in_refund(donation=gift, said=said(4_000))
    take_in_dispute(donation=gift, said=replace(OPEN, amount_yen=6_000))
    take_in_payout(organisation_id=organisation.pk, said=SENT)
    thing = gift.charge_id if source == "ch" else source
    other = make_organisation(office, key="sk_test_other", secret="whsec_other")
    make_campaign(other, office, title="other")

    foreign = line(other, thing, amount_yen, fee_yen)
    assert explained(foreign) == ""

    StripeLine.objects.filter(pk=foreign.pk).update(
        organisation=organisation
    )  # the same line on its own list
    own = StripeLine.objects.get(pk=foreign.pk)
    assert explained(own) != "" and Payout.objects.count() == 1


def test_only_the_lines_of_one_organisation_are_looked_at(
    gift: Donation, office: Membership, organisation: Organisation
) -> None:
    own = line(organisation, gift.charge_id, 10_000, 360)
    other = make_organisation(office, key="sk_test_other", secret="whsec_other")

    explain(program_id=own.program_id, organisation_id=other.pk)

    own.refresh_from_db()
    assert own.explained_by == ""
