"""Do what a message asks, once. Called by workers; safe to call twice, at once, or after a crash."""

import logging
from datetime import datetime, timedelta
from traceback import format_tb

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Least

from kernel.clock import now
from kernel.mail_address import ADDRESS
from outbox.handlers import HANDLERS, OUTSIDE
from outbox.jobs import RUN_JOB, run_steps, stop_job
from outbox.models import Message
from programs.scoping import acting_in

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 10  # of one step of a job, over about five hours; then a person has to look
COUNTED_TO = 1_000  # attempts; further ones are not counted


def deliver(program_id: int, message_id: int) -> bool:
    """Do message `message_id`, unless it is done or another worker holds it. Whether it was done here.

    A failure is kept on the message, which is sent again later, after a pause that doubles up to an hour:
    what never succeeds must not crowd out the rest. A job that fails so ten times in one place is stopped.
    """
    with acting_in(program_id):
        message = _lease(message_id)
    if message is None:
        return False
    try:
        if message.topic == RUN_JOB:
            run_steps(program_id, message)
        elif message.topic in OUTSIDE:
            HANDLERS[message.topic](message)
        with acting_in(program_id):
            _finish(message)
    except Exception as error:
        with acting_in(program_id):
            _note_failure(message, error)
        return False
    return True


def _note_failure(message: Message, error: Exception) -> None:
    # Mail servers repeat the address they refuse; a family's address stays out of logs and tables.
    said = ADDRESS.sub("(address)", f"{type(error).__name__}: {error}").replace("\x00", "")
    where = "".join(format_tb(error.__traceback__))
    attempts = Message.objects.values_list("attempts", flat=True).get(pk=message.pk)
    log.error("message %s (%s) failed, try %s: %s\n%s", message.pk, message, attempts, said, where)
    if message.topic == RUN_JOB and attempts >= MOST_ATTEMPTS:
        stop_job(message)
    Message.objects.filter(pk=message.pk).update(last_error=said[:300], leased_until=_again_at(attempts))


def _again_at(attempts: int) -> datetime:
    pause = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS * 2 ** min(attempts - 1, 10))
    return now() + min(pause, LONGEST_PAUSE)


def _lease(message_id: int) -> Message | None:
    moment = now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=moment)
    taken = Message.objects.filter(free, pk=message_id, done_at__isnull=True).update(
        leased_until=moment + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
        attempts=Least(F("attempts") + 1, COUNTED_TO),
    )
    return Message.objects.get(pk=message_id) if taken else None


def _finish(message: Message) -> None:
    """The handler's work and the mark "done" are one transaction: both, or neither.

    Handlers that ask an outside service have done theirs before, in transactions of their own.
    """
    held = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.done_at is not None:
        return
    if held.topic != RUN_JOB and held.topic not in OUTSIDE:
        HANDLERS[held.topic](held)
    held.done_at = now()
    held.last_error = ""
    held.save(update_fields=["done_at", "last_error"])
