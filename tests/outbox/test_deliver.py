"""deliver: once, whatever happens."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.db import connection

from kernel.clock import now
from outbox.deliver import MOST_ATTEMPTS, deliver
from outbox.handlers import HANDLERS, STEPS
from outbox.jobs import start_job
from outbox.models import Job, Message
from outbox.put import put
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.conftest import make_program


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


def fail_at(message: Message, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        assert deliver(message.program_id, message.pk) is False


def test_what_always_fails_is_tried_less_and_less_often(program: Program, told: list[str]) -> None:
    message, moment, pauses = put("test_topic", about="thing:1", fails=True), now(), []
    for _ in range(9):
        fail_at(message, moment)
        message.refresh_from_db()
        pauses.append((message.leased_until - moment).total_seconds() / 60)
        moment = message.leased_until + timedelta(seconds=1)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_it_may_fail_for_years(program: Program, told: list[str]) -> None:
    message = put("test_topic", about="thing:1", fails=True)
    Message.objects.update(attempts=32_767)  # the column ends here

    assert deliver(program.pk, message.pk) is False

    message.refresh_from_db()
    assert message.last_error == "RuntimeError: the mail server is away"


def test_a_message_that_nobody_handles_waits_for_a_version_that_does(
    program: Program, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = put("of_tomorrow", about="thing:1")
    assert deliver(program.pk, message.pk) is False

    monkeypatch.setitem(HANDLERS, "of_tomorrow", HANDLERS["test_topic"])
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert deliver(program.pk, message.pk) is True
    assert told == ["thing:1"]


def test_the_address_that_a_mail_server_refuses_stays_out_of_table_and_log(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    who = "family@home.example"

    def refuse(message: Message) -> None:
        raise SMTPRecipientsRefused({who: (550, f"<{who}> \x00 unknown".encode())})

    monkeypatch.setitem(HANDLERS, "test_topic", refuse)
    message = put("test_topic", about="thing:1")
    assert deliver(program.pk, message.pk) is False

    message.refresh_from_db()
    assert "550" in message.last_error and "550" in caplog.text
    assert "home.example" not in message.last_error + caplog.text


def test_a_job_that_cannot_go_on_is_stopped_and_says_so(
    program: Program, office: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(job: Job) -> None:
        if job.done == 3:
            raise RuntimeError("this one cannot be done")
        job.done += 1

    monkeypatch.setitem(STEPS, "test_count", step)
    job = start_job("test_count", total=10, actor=office)
    message, moment = Message.objects.get(), now()
    for _ in range(MOST_ATTEMPTS - 1):
        fail_at(message, moment)
        message.refresh_from_db()
        moment = message.leased_until + timedelta(seconds=1)
    job.refresh_from_db()
    assert (job.done, job.state) == (3, Job.State.RUNNING)

    fail_at(message, moment)

    job.refresh_from_db()
    assert (job.done, job.state) == (3, Job.State.STOPPED)
    with time_machine.travel(moment + timedelta(hours=2), tick=False):
        assert deliver(program.pk, message.pk) is True  # and asks no more


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


@pytest.mark.django_db(transaction=True)
def test_what_asks_outside_does_so_with_no_transaction_open(monkeypatch: pytest.MonkeyPatch) -> None:
    program, seen = make_program("outside", "外", "131130"), []
    monkeypatch.setitem(HANDLERS, "asks", lambda _message: seen.append(connection.in_atomic_block))
    monkeypatch.setattr("outbox.deliver.OUTSIDE", {"asks"})
    with acting_in(program.pk):
        message = put("asks", about="x:1")

    assert deliver(program.pk, message.pk)
    assert seen == [False]
    assert not deliver(program.pk, message.pk) and seen == [False]
