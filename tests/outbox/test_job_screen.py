"""The page of a long job."""

import pytest
from django.test import Client

from coupons.errors import AlreadyIssued, FundTooSmall
from kernel.clock import now
from outbox.jobs import note_refusal
from outbox.models import Job
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.families.screens import signed_in_as, url


@pytest.fixture
def job(office: Membership) -> Job:
    """12 of 40 done."""
    return Job.objects.create(kind="issue_coupons", total=40, done=12, started_by=office)


def page(browser: Client, program: Program, job: Job, **headers: str) -> str:
    answer = browser.get(url(program, f"office/jobs/{job.pk}/"), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_running_job_shows_a_bar_and_renews_itself(program: Program, office: Membership, job: Job) -> None:
    shown = page(signed_in_as(office), program, job)

    assert '<progress value="12" max="40"' in shown
    assert 'hx-trigger="every 1s"' in shown
    assert "28" in shown


def test_htmx_gets_the_part_alone(program: Program, office: Membership, job: Job) -> None:
    part = page(signed_in_as(office), program, job, hx_request="true")

    assert '<div id="job"' in part and "<html" not in part


def test_a_finished_job_stops_asking_and_lists_what_was_refused(
    program: Program, office: Membership, job: Job
) -> None:
    note_refusal(job, about="application:77001", refusal=AlreadyIssued())
    note_refusal(job, about="application:77002", refusal=FundTooSmall(missing_yen=1_500))
    job.done, job.state, job.ended_at = 40, Job.State.DONE, now()
    job.save()
    browser = signed_in_as(office)

    shown = page(browser, program, job)
    english = page(browser, program, job, accept_language="en")

    assert "hx-trigger" not in shown
    assert "38" in shown and "77001" in shown and "77002" in shown and "1,500" in shown
    assert "already has a coupon" in english


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_sees_it(program: Program, job: Job, role: Role) -> None:
    other = signed_in_as(member(program, role, "other@shibuya.example"))

    assert other.get(url(program, f"office/jobs/{job.pk}/")).status_code == 404


def test_a_missing_job_is_not_found(program: Program, office: Membership) -> None:
    assert signed_in_as(office).get(url(program, "office/jobs/1/")).status_code == 404
