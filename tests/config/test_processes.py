"""What bin/demo starts it ends, and nothing else: seen on real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.processes import CannotStart, Child, Supervisor, read_record, start_time, write_record

pytestmark = pytest.mark.real_time
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A leader that ignores SIGTERM and has a child in its group.
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)",
]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "run", tmp_path, said.append)
    yield made
    made.stop()


def gone(pid: int, within_seconds: float = 5) -> bool:
    deadline = time.monotonic() + within_seconds
    while start_time(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_stop_ends_the_child_and_takes_its_record_away(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(Child("sleeper", SLEEP))
    pid = json.loads((tmp_path / "run" / "sleeper.json").read_text())["pid"]
    assert start_time(pid) is not None

    supervisor.stop()

    assert gone(pid)
    assert not (tmp_path / "run" / "sleeper.json").exists()


def test_stop_kills_a_stubborn_leader_and_its_whole_group(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    supervisor.start(
        Child("stubborn", STUBBORN, patience_seconds=0.2, is_ready=lambda: log.read_text().strip().isdigit())
    )
    leader, grandchild = supervisor.running[0].process.pid, int(log.read_text())

    supervisor.stop()

    assert gone(leader)
    assert gone(grandchild)


def test_a_recycled_pid_is_never_signalled(supervisor: Supervisor, tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEP, start_new_session=True)
    record = tmp_path / "run" / "worker.json"
    try:
        write_record(record, stranger.pid, signal.SIGTERM, 1)
        was = json.loads(record.read_text())
        record.write_text(json.dumps({**was, "began": str(int(was["began"]) - 1)}))

        assert supervisor.stop_leftovers() == []
        assert stranger.poll() is None
        assert not record.exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_record_of_another_boot_counts_for_nothing(tmp_path: Path) -> None:
    record = tmp_path / "worker.json"
    write_record(record, os.getpid(), signal.SIGTERM, 1)
    assert read_record(record) is not None

    record.write_text(json.dumps({**json.loads(record.read_text()), "boot": "another"}))

    assert read_record(record) is None


def test_what_a_killed_supervisor_left_is_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    leftover = subprocess.Popen(SLEEP, start_new_session=True)
    write_record(tmp_path / "run" / "worker.json", leftover.pid, signal.SIGTERM, 5)
    # Our own dead children wait to be reaped; a real leftover has init for that.
    threading.Thread(target=leftover.wait).start()

    assert supervisor.stop_leftovers() == ["worker"]
    assert gone(leftover.pid)


def test_a_child_that_falls_is_started_again_and_said_so(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start(Child("sleeper", SLEEP))
    first = supervisor.running[0].process.pid
    os.kill(first, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while supervisor.running[0].process.pid == first and time.monotonic() < deadline:
        supervisor.look()
        time.sleep(0.05)

    assert supervisor.running[0].process.pid != first
    assert "sleeper ended (signal SIGKILL); again in 1 s" in said[0]
    assert supervisor.running[0].pause == 2


def test_a_child_that_ends_at_start_is_reported_with_its_last_words(supervisor: Supervisor) -> None:
    broken = Child(
        "broken", [sys.executable, "-c", "raise SystemExit('no such thing')"], is_ready=lambda: False
    )

    with pytest.raises(CannotStart, match=r"(?s)broken ended \(exit code 1\).*no such thing"):
        supervisor.start(broken)
