"""donations.find_whose: a payment that carries no note of ours is a month of a monthly gift, or nobody's."""

import pytest

from donations.find_whose import find_whose
from donations.models import Campaign, Donation, Finding, Organisation, StripeLine
from donations.reconcile import reconcile
from donations.stripe_gateway.payments import fetch_reference
from programs.models import Membership, Program
from tests.donations.conftest import make_organisation, moved, violations
from tests.donations.monthly import MONTH, advance, begun, standing_campaign
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


def last_payment(standin: Standin) -> dict[str, str]:
    found: dict[str, str] = next(iter(standin.control("ledger")["accounts"].values()))["payments"][-1]
    return found


@pytest.mark.real_time
def test_a_charge_leads_over_its_invoice_to_the_monthly_gift(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    advance(standin)
    charge = last_payment(standin)["charge"]

    named = fetch_reference(organisation=standing.organisation, thing_id=charge)
    is_ours = find_whose(program_id=program.pk, organisation=standing.organisation, thing_id=charge)

    assert is_ours and (named.reference, named.is_renewal) == (str(pledge.reference), True)
    assert pledge.donations.count() == 2 and pledge.donations.filter(charge_id=charge, fee_yen=108).exists()


@pytest.mark.real_time
def test_a_refund_made_at_the_dashboard_of_a_month_nobody_told_us_of_is_booked(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    advance(standin)
    charge = last_payment(standin)["charge"]
    back = standin.control("refund", {"charge": charge, "amount": 1_000})
    standin.settled()
    thing = back.get("refund") or back["id"]

    assert find_whose(program_id=program.pk, organisation=standing.organisation, thing_id=str(thing))

    month = pledge.donations.get(charge_id=charge)
    assert (month.state, month.gone_yen) == ("paid", 1_000) and not violations()


@pytest.mark.real_time
def test_the_comparison_explains_months_that_no_webhook_told(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    standin.control("advance", {"seconds": 2 * MONTH})
    standin.settled()

    done = reconcile(program_id=program.pk, organisation_id=standing.organisation_id)

    assert done.is_exact and done.lines == 3 and done.stripe_yen == 3 * 2_892
    assert pledge.donations.count() == 3 and not Finding.objects.exists()
    assert set(StripeLine.objects.values_list("explained_by", flat=True)) == {
        gift.source for gift in Donation.objects.all()
    }


@pytest.mark.real_time
def test_a_subscription_of_another_website_is_nobodys(
    program: Program, standing: Campaign, standin: Standin, office: Membership
) -> None:
    pledge = begun(standin, program, standing)
    charge = last_payment(standin)["charge"]
    other = make_organisation(
        office, secret="whsec_other"
    )  # the same account at Stripe, no campaign of its own
    before = moved()

    assert not find_whose(program_id=program.pk, organisation=other, thing_id=charge)
    assert moved() == before and pledge.donations.count() == 1
