"""Run the relay: waiting messages to the workers, twice a second, until told to stop."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from kombu.exceptions import OperationalError as QueueAway

from outbox.relay import relay_once
from outbox.tasks import deliver_message
from programs.walls import refuse_unsafe_start

log = logging.getLogger("outbox.relay")


def send_to_worker(program_id: int, message_id: int) -> None:
    """Queue one message."""
    deliver_message.delay(program_id, message_id)


class Command(BaseCommand):
    """See the module."""

    help = "Hand waiting messages to the workers until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_start()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        pause = 0.5
        while not stop.wait(pause):
            close_old_connections()
            try:
                pause = 0.0 if relay_once(send_to_worker) else 0.5
            except (Error, QueueAway, OSError) as error:
                log.warning("database or queue is away, asking again: %s", error)
                pause = 2.0
