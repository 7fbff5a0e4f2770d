"""Long jobs: started in the request, done in steps by a worker, watched on a page.

Each step is one transaction that does a few and moves `done`, so that a killed worker loses at
most the step it was in, and the next worker goes on where the last committed.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings

from kernel.clock import now
from kernel.errors import Refused
from outbox.handlers import OUTSIDE, STEPS
from outbox.models import Job, Message
from outbox.put import put
from programs.models import Membership
from programs.scoping import acting_in

RUN_JOB = "run_job"
REFUSALS_KEPT = 200


def start_job(kind: str, *, total: int, actor: Membership, **facts: Any) -> Job:
    """Begin a job of `kind` with `total` things to do, in the caller's transaction."""
    if kind not in STEPS:
        raise RuntimeError(f"no step for jobs of kind {kind}")
    job: Job = Job.objects.create(kind=kind, total=total, facts=facts, started_by=actor)
    put(RUN_JOB, about=f"job:{job.pk}", job_id=job.pk)
    return job


def run_steps(program_id: int, message: Message) -> None:
    """Do steps until the job is over, renewing the message's lease with each."""
    is_running = True
    while is_running:
        _ask_outside(program_id, message)
        with acting_in(program_id):
            job = Job.objects.select_for_update(of=("self",)).get(pk=message.facts["job_id"])
            is_running = job.state == Job.State.RUNNING
            if is_running:
                _one_step(job)
                lease = now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
                Message.objects.filter(pk=message.pk).update(leased_until=lease, attempts=1)  # it goes on


def _ask_outside(program_id: int, message: Message) -> None:
    """A step that asks an outside service: nothing is held while it waits; then the job is moved on."""
    with acting_in(program_id):
        job = Job.objects.get(pk=message.facts["job_id"])
    if job.kind not in OUTSIDE or job.state != Job.State.RUNNING or job.done >= job.total:
        return
    before = job.done
    STEPS[job.kind](job)
    with acting_in(program_id):
        Job.objects.filter(pk=job.pk, done=before).update(done=job.done)


def _one_step(job: Job) -> None:
    before = job.done
    if job.done < job.total and job.kind not in OUTSIDE:
        STEPS[job.kind](job)
        if job.done <= before:
            raise RuntimeError(f"a step of {job.kind} did nothing")
    if job.done >= job.total:
        job.state, job.ended_at = Job.State.DONE, now()
    job.save()


def stop_job(message: Message) -> None:
    """Give up a job whose next step cannot be done. What was done stays done, and its page says so."""
    Job.objects.filter(pk=message.facts["job_id"], state=Job.State.RUNNING).update(
        state=Job.State.STOPPED, ended_at=now()
    )


def note_refusal(job: Job, *, about: str, refusal: Refused) -> None:
    """Count one thing that was refused, and keep why for the page."""
    job.refused += 1
    if len(job.outcome) < REFUSALS_KEPT:
        job.outcome.append({"about": about, "code": refusal.code, "words": str(refusal)})
