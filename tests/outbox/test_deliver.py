"""deliver: once, whatever happens."""

from datetime import timedelta

import pytest
import time_machine

from kernel.clock import now
from outbox.deliver import deliver
from outbox.jobs import start_job
from outbox.models import Job, Message
from outbox.put import put
from programs.models import Membership, Program


def test_deliver_tells_the_handler_once(program: Program, told: list[str]) -> None:
    message = put("test_topic", about="thing:1")

    assert deliver(program.pk, message.pk) is True
    assert deliver(program.pk, message.pk) is False

    assert told == ["thing:1"]
    message.refresh_from_db()
    assert message.done_at is not None


def test_a_failure_is_kept_and_tried_again_after_its_lease(program: Program, told: list[str]) -> None:
    message = put("test_topic", about="thing:1", fails=True)

    assert deliver(program.pk, message.pk) is False
    assert deliver(program.pk, message.pk) is False  # still leased
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        deliver(program.pk, message.pk)

    message.refresh_from_db()
    assert told == ["thing:1", "thing:1"]
    assert message.last_error == "RuntimeError: the mail server is away"
    assert message.done_at is None
    assert message.attempts == 2


def test_a_message_of_another_program_is_not_delivered(
    program: Program, other_program: Program, told: list[str]
) -> None:
    message = put("test_topic", about="thing:1")
    assert deliver(other_program.pk, message.pk) is False
    assert told == []


def test_a_job_goes_on_where_it_stopped(program: Program, office: Membership, counting: None) -> None:
    job = start_job("test_count", total=10, actor=office)
    Job.objects.filter(pk=job.pk).update(done=6)  # a worker was killed after two steps

    deliver(program.pk, Message.objects.get().pk)

    job.refresh_from_db()
    assert (job.done, job.state) == (10, Job.State.DONE)
    assert job.ended_at is not None


def test_a_job_of_an_unknown_kind_does_not_begin(program: Program, office: Membership) -> None:
    with pytest.raises(RuntimeError, match="no step"):
        start_job("nobody_knows", total=1, actor=office)
    assert not Job.objects.exists()
