"""At the same instant: the campaign ends, and a promise is taken back or comes. Each with the locks taken out too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection

from donations import close_campaign as close_module
from donations import confirm as confirm_module
from donations import let_promise_go as letting_module
from donations import take_promise_back as back_module
from donations.close_campaign import close_campaign
from donations.confirm import confirm
from donations.let_promise_go import let_promise_go
from donations.models import Campaign, Donation
from donations.stripe_said import Payment
from donations.take_promise_back import take_promise_back
from programs.models import Membership, Program, Role
from programs.scoping import ScopedQuerySet, acting_in
from tests.conftest import member
from tests.donations.conftest import begin, make_organisation
from tests.donations.promises import all_or_nothing, over, saved, saved_of
from tests.donations.test_campaign_race import without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """10,000 of 20,000 yen are promised for sure; the other 10,000 are what the race is about."""

    program: Program
    office: Membership
    campaign: Campaign
    kept: Donation
    other: Donation  # promised too, or about to be

    def promised_yen(self) -> int:
        with acting_in(self.program.pk):
            return sum(Donation.objects.filter(state="saved").values_list("amount_yen", flat=True))

    def goal_met(self) -> bool | None:
        with acting_in(self.program.pk):
            met: bool | None = Campaign.objects.get(pk=self.campaign.pk).goal_met
            return met


def staged(program: Program, *, is_other_saved: bool) -> Stage:
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        campaign = all_or_nothing(make_organisation(office), office)
        kept = saved(campaign)
        other = saved(campaign) if is_other_saved else begin(campaign)
        if not is_other_saved:
            Donation.objects.filter(pk=other.pk).update(state="pending", session_id="cs_other")
        return Stage(program, office, over(campaign), kept, other)


def both(stage: Stage, acts: list[Callable[[], Any]]) -> list[Any]:
    def run(act: Callable[[], Any]) -> Any:
        try:
            with acting_in(stage.program.pk):
                return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, acts))


def meet(monkeypatch: pytest.MonkeyPatch, after: tuple[Any, str], before: tuple[Any, str]) -> None:
    """Who has counted waits for who is about to change what was counted; with the lock they never meet."""
    barrier = Barrier(2, timeout=1.5)
    count, change = getattr(*after), getattr(*before)

    def wait() -> None:
        with suppress(BrokenBarrierError):
            barrier.wait()

    def counted(*args: Any, **kwargs: Any) -> Any:
        answer = count(*args, **kwargs)
        wait()
        return answer

    def changing(*args: Any, **kwargs: Any) -> Any:
        wait()
        return change(*args, **kwargs)

    monkeypatch.setattr(*after, counted)
    monkeypatch.setattr(*before, changing)


def end_and_take_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, (close_module, "is_goal_met"), (back_module, "let_go"))
    both(
        stage,
        [
            lambda: close_campaign(campaign=stage.campaign, actor=stage.office),
            lambda: take_promise_back(donation=stage.other),
        ],
    )


def end_and_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, (close_module, "is_goal_met"), (letting_module, "let_go"))
    both(
        stage,
        [
            lambda: close_campaign(campaign=stage.campaign, actor=stage.office),
            lambda: let_promise_go(donation=stage.other, reason="連絡がつかない", actor=stage.office),
        ],
    )


def end_and_save(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, (close_module, "is_goal_met"), (confirm_module, "keep_card"))
    both(
        stage,
        [
            lambda: close_campaign(campaign=stage.campaign, actor=stage.office),
            lambda: confirm(donation_id=stage.other.pk, payment=saved_of(stage.other)),
        ],
    )


RACES = [(end_and_take_back, True), (end_and_let_go, True), (end_and_save, False)]


@pytest.mark.parametrize(("race", "is_saved"), RACES)
def test_the_goal_is_decided_by_the_promises_that_stand(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch, race: Any, is_saved: bool
) -> None:
    stage = staged(two_programs[0], is_other_saved=is_saved)

    race(stage, monkeypatch)

    assert stage.goal_met() is (stage.promised_yen() == 20_000)


@pytest.mark.parametrize(("race", "is_saved"), RACES)
def test_without_the_locks_the_goal_would_be_decided_by_others(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch, race: Any, is_saved: bool
) -> None:
    stage = staged(two_programs[0], is_other_saved=is_saved)
    without_locks(monkeypatch)

    race(stage, monkeypatch)

    assert stage.goal_met() is not (stage.promised_yen() == 20_000)


def charged_while_an_old_event_is_looked_into(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One books the charged card and holds the gift; one still believes in the saved card, and holds the campaign."""
    open_page = confirm_module.open_donors_page

    def wait(donation: Donation) -> None:
        until_somebody_waits()
        open_page(donation)

    monkeypatch.setattr(confirm_module, "open_donors_page", wait)
    paid = saved_of(stage.kept, state="paid", payment_intent_id="pi_1", charge_id="ch_1", fee_yen=360)
    is_held = Event()
    check = confirm_module.check_is_the_same

    def checked(donation: Donation, payment: Payment) -> None:
        check(donation, payment)
        is_held.set()

    monkeypatch.setattr(confirm_module, "check_is_the_same", checked)

    def old_event() -> Donation:
        is_held.wait(5)
        return confirm(donation_id=stage.kept.pk, payment=saved_of(stage.kept))

    return both(stage, [lambda: confirm(donation_id=stage.kept.pk, payment=paid), old_event])


def until_somebody_waits() -> None:
    for _try in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
        sleep(0.02)


def test_an_old_event_does_not_deadlock_with_the_charge(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(two_programs[0], is_other_saved=True)

    answers = charged_while_an_old_event_is_looked_into(stage, monkeypatch)

    assert [one.state for one in answers] == ["paid", "paid"]


def test_with_the_whole_campaign_locked_it_would(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(two_programs[0], is_other_saved=True)
    lock = ScopedQuerySet.select_for_update
    monkeypatch.setattr(
        ScopedQuerySet,
        "select_for_update",
        lambda self, **how: lock(self, **{**how, "no_key": False}),
    )

    answers = charged_while_an_old_event_is_looked_into(stage, monkeypatch)

    assert "OperationalError" in {type(one).__name__ for one in answers}
