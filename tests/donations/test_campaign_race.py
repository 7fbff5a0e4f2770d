"""Two at once: a campaign opens once, with one fund; an update is mailed once. Each with its lock taken out too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import IntegrityError, connection

from donations import open_campaign as open_module
from donations import post_update as post_module
from donations.confirm import confirm
from donations.draft_campaign import draft_campaign
from donations.draft_update import News, draft_update
from donations.errors import CampaignAlreadyOpened
from donations.models import Campaign, CampaignUpdate, UpdateMail
from donations.open_campaign import open_campaign
from donations.post_update import post_update
from donations.submit_campaign import submit_campaign
from ledger.models import Account, Kind
from outbox.models import Job
from programs.models import Membership, Program, Role
from programs.scoping import ScopedQuerySet, acting_in
from tests.conftest import member
from tests.donations.conftest import begin, make_campaign, make_organisation
from tests.donations.test_campaign_review import a_plan
from tests.donations.test_confirm import said_of

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """What is committed, so that other threads see it: three of the secretariat, a campaign in review, an update."""

    program: Program
    people: list[Membership]
    waiting: Campaign
    update: CampaignUpdate


@pytest.fixture
def stage(two_programs: tuple[Program, Program]) -> Stage:
    program = two_programs[0]
    with acting_in(program.pk):
        people = [member(program, Role.OFFICE, f"office{n}@shibuya.example") for n in range(3)]
        organisation = make_organisation(people[0])
        opened = make_campaign(organisation, people[0])
        gift = begin(opened)
        confirm(donation_id=gift.pk, payment=said_of(gift))
        update = draft_update(campaign=opened, news=News("報告", "本文"), actor=people[0])
        draft = draft_campaign(organisation=organisation, plan=a_plan(), actor=people[0])
        return Stage(program, people, submit_campaign(campaign=draft, actor=people[0]), update)


def both(stage: Stage, acts: list[Callable[[], Any]]) -> list[Any]:
    """Each act in a transaction and a thread of its own; answers or exceptions."""

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


def meet_in(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes to `name` waits for the other, who never comes when the lock holds."""
    meeting, real = Barrier(2, timeout=1.5), getattr(module, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, slow)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: every row lock of the floor taken out."""
    monkeypatch.setattr(ScopedQuerySet, "select_for_update", lambda self, **_: self)


def opened_by_two(stage: Stage) -> list[Any]:
    return both(
        stage, [lambda who=who: open_campaign(draft=stage.waiting, actor=who) for who in stage.people[1:]]
    )


def funds(stage: Stage) -> int:
    with acting_in(stage.program.pk):
        return int(Account.objects.filter(kind=Kind.FUND, label=stage.waiting.title).count())


def test_two_who_open_at_once_open_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_in(open_module, "open_account", monkeypatch)

    answers = opened_by_two(stage)

    assert sorted(type(answer).__name__ for answer in answers) == ["Campaign", "CampaignAlreadyOpened"]
    assert any(isinstance(answer, CampaignAlreadyOpened) for answer in answers) and funds(stage) == 1


def test_without_the_lock_there_would_be_two_funds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_in(open_module, "open_account", monkeypatch)
    without_locks(monkeypatch)

    opened_by_two(stage)

    assert funds(stage) == 2


def posted_by_two(stage: Stage) -> list[Any]:
    return both(
        stage, [lambda who=who: post_update(update=stage.update, actor=who) for who in stage.people[1:]]
    )


def test_two_who_publish_at_once_mail_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_in(post_module, "donors_to_tell", monkeypatch)

    answers = posted_by_two(stage)

    assert [type(answer).__name__ for answer in answers] == ["CampaignUpdate"] * 2
    assert answers[0].published_at == answers[1].published_at
    with acting_in(stage.program.pk):
        assert UpdateMail.objects.count() == 1 and Job.objects.count() == 1


def test_without_the_lock_only_the_constraint_would_hold(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_in(post_module, "donors_to_tell", monkeypatch)
    without_locks(monkeypatch)

    answers = posted_by_two(stage)

    assert any(isinstance(answer, IntegrityError) for answer in answers)
    with acting_in(stage.program.pk):
        assert UpdateMail.objects.count() == 1
