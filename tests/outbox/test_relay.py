"""relay: nothing waits for ever, nothing is lost with the queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from kernel.clock import now
from outbox.models import Message
from outbox.put import put
from outbox.relay import BATCH, MOST_QUEUED, programs_waiting, relay_once, relay_program
from programs.models import Program
from programs.scoping import acting_in


def test_relay_sends_what_waits_once(program: Program) -> None:
    message = put("test_topic", about="thing:1")
    sent: list[tuple[int, int]] = []

    relay_program(program.pk, lambda *ids: sent.append(ids))
    relay_program(program.pk, lambda *ids: sent.append(ids))

    assert sent == [(program.pk, message.pk)]


def test_a_message_lost_with_the_queue_is_sent_again(program: Program) -> None:
    put("test_topic", about="thing:1")
    relay_program(program.pk, lambda *ids: None)  # and then Redis is flushed

    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert relay_program(program.pk, lambda *ids: None) == 1


def test_a_message_that_a_worker_holds_is_not_sent_again(program: Program) -> None:
    put("test_topic", about="thing:1")
    relay_program(program.pk, lambda *ids: None)
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        Message.objects.update(leased_until=now() + timedelta(seconds=30))
        assert relay_program(program.pk, lambda *ids: None) == 0


def test_new_messages_go_before_thousands_that_keep_failing(program: Program) -> None:
    old = now() - timedelta(minutes=5)
    failing = [
        Message(topic="test_topic", about=f"thing:{n}", sent_at=old, last_error="x") for n in range(3_000)
    ]
    Message.objects.bulk_create(failing)
    new = put("test_topic", about="thing:new")
    sent: list[int] = []

    relay_program(program.pk, lambda _program, message: sent.append(message))

    assert sent[0] == new.pk and len(sent) == BATCH


def test_a_flood_waits_in_the_table_and_not_many_times_in_the_queue(program: Program) -> None:
    """20,000 waiting messages once were 216,000 in the queue: each minute all were sent again."""
    Message.objects.bulk_create(
        Message(topic="test_topic", about=f"thing:{n}") for n in range(3 * MOST_QUEUED)
    )
    sent: list[int] = []

    for minute in range(4):  # no worker is quick enough
        with time_machine.travel(now() + timedelta(minutes=2 * minute), tick=False):
            for _ in range(3):
                relay_program(program.pk, lambda _program, message: sent.append(message))
    assert len(sent) == 4 * MOST_QUEUED

    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        begun = Message.objects.filter(pk__in=sent[-50:])
        begun.update(leased_until=now() + timedelta(seconds=60))
        assert relay_program(program.pk, lambda *ids: None) == 50  # what a worker has begun makes room


def test_when_the_queue_is_away_nothing_is_marked(program: Program) -> None:
    put("test_topic", about="thing:1")

    def away(*ids: int) -> None:
        raise ConnectionError("Redis is away")

    with pytest.raises(ConnectionError):
        relay_program(program.pk, away)
    assert Message.objects.get().sent_at is None


def test_only_programs_with_something_waiting_are_opened(program: Program, other_program: Program) -> None:
    message = put("test_topic", about="thing:1")
    assert programs_waiting() == [program.pk]
    Message.objects.filter(pk=message.pk).update(done_at=now())
    assert programs_waiting() == []


@pytest.mark.django_db(transaction=True)
def test_two_relays_share_the_work(committed: Program) -> None:
    """Both meet while each holds its rows; without SKIP LOCKED the second would wait for the first."""
    with acting_in(committed.pk):
        for number in range(6):
            put("test_topic", about=f"thing:{number}")
    meeting = Barrier(2, timeout=5)
    sent: list[int] = []

    def send(_program: int, message: int) -> None:
        if not sent:
            sent.append(message)
            meeting.wait()
        else:
            sent.append(message)

    def first() -> int:
        try:
            return relay_once(send)
        finally:
            connection.close()

    def second() -> int:
        try:
            meeting.wait()  # the first is sending and holds its rows
            return relay_once(lambda *ids: sent.append(ids[1]))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = [pool.submit(first), pool.submit(second)]
        total = sum(count.result() for count in counts)

    assert total == 6
    assert len(sent) == len(set(sent)) == 6
