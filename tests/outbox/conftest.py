"""Two topics and a job that only tests know."""

from collections.abc import Iterator

import pytest

from outbox.handlers import HANDLERS, STEPS
from outbox.models import Job, Message
from programs.models import Program
from tests.conftest import make_program


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the handler of `test_topic` was told, in order."""
    heard: list[str] = []

    def listen(message: Message) -> None:
        heard.append(message.about)
        if message.facts.get("fails"):
            raise RuntimeError("the mail server is away")

    monkeypatch.setitem(HANDLERS, "test_topic", listen)
    yield heard


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that counts by threes."""

    def step(job: Job) -> None:
        job.done = min(job.done + 3, job.total)

    monkeypatch.setitem(STEPS, "test_count", step)


@pytest.fixture
def committed() -> Program:
    """A program outside of the test's transaction; for transactional tests."""
    return make_program("outbox", "送信", "131130")
