"""Run the relay: waiting messages to the workers, twice a second, until told to stop."""

import logging
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
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

    def add_arguments(self, parser: CommandParser) -> None:
        """--heartbeat FILE is written after every round that went well, for a health check to look at."""
        parser.add_argument("--heartbeat", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_start()
        heartbeat: Path | None = options["heartbeat"]
        if heartbeat is not None:
            heartbeat.parent.mkdir(parents=True, exist_ok=True)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        pause = 0.5
        while not stop.wait(pause):
            close_old_connections()
            try:
                pause = 0.0 if relay_once(send_to_worker) else 0.5
                if heartbeat is not None:
                    heartbeat.touch()
            except (Error, QueueAway, OSError) as error:
                log.warning("database or queue is away, asking again: %s", error)
                pause = 2.0
