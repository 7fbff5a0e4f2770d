"""Hand waiting messages to the workers, and again those that were lost on the way."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from kernel.clock import now
from outbox.models import Message
from programs.scoping import acting_in

BATCH = 200
MOST_QUEUED = 200  # of one program, sent and not begun: what even slow workers do within a lease
Send = Callable[[int, int], object]


def programs_waiting() -> list[int]:
    """Programs that have messages not done, by a function that tells nothing but their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_programs_waiting()")
        return [row[0] for row in cursor.fetchall()]


def relay_once(send: Send) -> int:
    """Send every message that waits, and every sent one whose lease or time ran out. How many."""
    return sum(relay_program(program_id, send) for program_id in programs_waiting())


def relay_program(program_id: int, send: Send) -> int:
    """One round for one program. Two relays share the work: rows held by the other are skipped.

    The queue is told before the row is marked: if the queue is away nothing is marked, and if this
    process dies in between the message is sent twice, which deliver() makes harmless.
    """
    moment = now()
    lost = moment - timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    unleased = Q(leased_until__isnull=True) | Q(leased_until__lt=moment)
    due = Q(sent_at__isnull=True) | (Q(sent_at__lt=lost) & unleased)
    with acting_in(program_id):
        # Beyond what workers do within a lease, the same messages would be queued anew each minute, without end.
        not_begun = Q(leased_until__isnull=True) | Q(leased_until__lt=F("sent_at"))
        queued = Message.objects.filter(not_begun, done_at__isnull=True, sent_at__gte=lost).count()
        if queued >= MOST_QUEUED:
            return 0
        messages = list(
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(due, done_at__isnull=True)
            .order_by(F("sent_at").asc(nulls_first=True), "id")[
                : min(BATCH, MOST_QUEUED - queued)
            ]  # new ones before repeats
        )
        for message in messages:
            send(program_id, message.pk)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(sent_at=moment)
    return len(messages)
