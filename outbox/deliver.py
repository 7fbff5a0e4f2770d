"""Do what a message asks, once. Called by workers; safe to call twice, at once, or after a crash."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q

from kernel.clock import now
from outbox.handlers import HANDLERS
from outbox.jobs import RUN_JOB, run_steps
from outbox.models import Message
from programs.scoping import acting_in

log = logging.getLogger(__name__)


def deliver(program_id: int, message_id: int) -> bool:
    """Do message `message_id`, unless it is done or another worker holds it. Whether it was done here.

    A failure is kept on the message, which is sent again when its lease is over.
    """
    with acting_in(program_id):
        message = _lease(message_id)
    if message is None:
        return False
    try:
        if message.topic == RUN_JOB:
            run_steps(program_id, message)
        with acting_in(program_id):
            _finish(message)
    except Exception as error:
        log.exception("message %s failed", message)
        with acting_in(program_id):
            Message.objects.filter(pk=message.pk).update(last_error=f"{type(error).__name__}: {error}"[:300])
        return False
    return True


def _lease(message_id: int) -> Message | None:
    moment = now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=moment)
    taken = Message.objects.filter(free, pk=message_id, done_at__isnull=True).update(
        leased_until=moment + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS), attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=message_id) if taken else None


def _finish(message: Message) -> None:
    """The handler's work and the mark "done" are one transaction: both, or neither."""
    held = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.done_at is not None:
        return
    if held.topic != RUN_JOB:
        HANDLERS[held.topic](held)
    held.done_at = now()
    held.last_error = ""
    held.save(update_fields=["done_at", "last_error"])
