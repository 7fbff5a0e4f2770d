"""donations.change_monthly and bring_to_stripe: another amount from the next charge on, and none now."""

import pytest
from django.core import mail

from donations.bring_to_stripe import bring_to_stripe
from donations.change_monthly import change_monthly
from donations.errors import AmountOutOfBounds, MonthlyNotRunning
from donations.models import Campaign, Organisation, Pledge
from donations.stop_monthly import stop_monthly
from donations.take_in_months import take_in_months
from kernel.errors import NotAllowed
from outbox.models import Message
from programs.models import Membership, Program, Role
from tests.donations.conftest import violations, work_off
from tests.donations.monthly import a_month, advance, asked_again, begun, running, said_of, standing_campaign
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


def owner(pledge: Pledge) -> Membership:
    return Membership.objects.get(user=pledge.user, role=Role.DONOR)


@pytest.mark.real_time
def test_the_new_amount_counts_from_the_next_month_and_nothing_is_charged_now(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    work_off()

    change_monthly(pledge=pledge, amount_yen=5_000, actor=owner(pledge))
    work_off()
    pledge.refresh_from_db()
    assert (pledge.amount_yen, pledge.wanted_yen, pledge.to_stripe_at) == (5_000, None, None)
    assert pledge.donations.count() == 1 and mail.outbox[-1].subject == "毎月の寄付を変更しました"
    advance(standin)
    pledge = asked_again(program, pledge)

    assert list(pledge.donations.order_by("paid_at").values_list("amount_yen", flat=True)) == [3_000, 5_000]
    assert not violations()


def test_the_last_word_holds_and_the_same_amount_changes_nothing(standing: Campaign) -> None:
    pledge = running(standing)
    for yen in (3_000, 5_000, 5_000, 4_000):
        pledge = change_monthly(pledge=pledge, amount_yen=yen, actor=owner(pledge))

    assert (pledge.amount_yen, pledge.wanted_yen, pledge.agreed_yen) == (3_000, 4_000, [3_000, 5_000, 4_000])
    assert Message.objects.filter(topic="monthly_to_stripe").count() == 2
    overtaken = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, amount_yen=5_000))
    assert (overtaken.amount_yen, overtaken.wanted_yen) == (3_000, 4_000)
    confirmed = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, amount_yen=4_000))
    assert (confirmed.amount_yen, confirmed.wanted_yen) == (4_000, None)


def test_a_month_of_the_old_amount_is_still_booked(standing: Campaign) -> None:
    pledge = running(standing)
    change_monthly(pledge=pledge, amount_yen=5_000, actor=owner(pledge))

    after = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2), amount_yen=5_000))

    assert after.amount_yen == 5_000
    assert set(after.donations.values_list("amount_yen", flat=True)) == {3_000}


@pytest.mark.parametrize("yen", [499, 3_000_001, 0])
def test_amounts_keep_to_the_campaigns_bounds(standing: Campaign, yen: int) -> None:
    pledge = running(standing)

    with pytest.raises(AmountOutOfBounds):
        change_monthly(pledge=pledge, amount_yen=yen, actor=owner(pledge))

    pledge.refresh_from_db()
    assert pledge.wanted_yen is None and not Message.objects.filter(topic="monthly_to_stripe").exists()


def test_nobody_else_changes_it_not_even_the_secretariat(standing: Campaign, office: Membership) -> None:
    pledge, other = running(standing), running(standing, email="other@example.jp")

    for actor in (office, owner(other)):
        with pytest.raises(NotAllowed):
            change_monthly(pledge=pledge, amount_yen=9_000, actor=actor)

    pledge.refresh_from_db()
    assert pledge.wanted_yen is None


def test_one_that_stops_or_is_over_is_not_changed(standing: Campaign) -> None:
    pledge = running(standing)
    change_monthly(pledge=pledge, amount_yen=5_000, actor=owner(pledge))
    stopped = stop_monthly(pledge=pledge, actor=owner(pledge))
    assert stopped.wanted_yen is None  # the change is given up with it
    with pytest.raises(MonthlyNotRunning):
        change_monthly(pledge=pledge, amount_yen=6_000, actor=owner(pledge))
    take_in_months(pledge_id=pledge.pk, said=said_of(pledge, state=Pledge.State.ENDED))
    with pytest.raises(MonthlyNotRunning):
        change_monthly(pledge=pledge, amount_yen=6_000, actor=owner(pledge))


@pytest.mark.real_time
def test_a_change_made_at_stripes_dashboard_is_set_back(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    Pledge.objects.update(amount_yen=2_000, agreed_yen=[2_000, 3_000])  # so Stripe's differs

    asked_again(program, pledge)
    after = bring_to_stripe(program_id=program.pk, pledge_id=pledge.pk)
    advance(standin)
    after = asked_again(program, after)

    assert (after.amount_yen, after.wanted_yen) == (2_000, None)
    assert after.donations.latest("paid_at").amount_yen == 2_000
