"""Starts, watches and ends child processes for bin/demo and bin/test; knows nothing of what they do.

Every child leads its own process group and leaves a record (pid and start time) in a folder, so that another
shell can end exactly these processes and never a stranger that got a recycled pid.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
# A child that ran this long was well: its next fall starts the pauses anew.
WELL_AFTER_SECONDS = 60.0


class CannotStart(Exception):
    """Something did not come up; the text says what to do."""


@dataclass(frozen=True)
class Account:
    """The operating system's user and group that a child runs as."""

    uid: int
    gid: int


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: list[str]
    env: dict[str, str] | None = None
    account: Account | None = None
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience_seconds: float = 15.0
    is_ready: Callable[[], bool] = lambda: True


@dataclass
class Running:
    """A started child and the history of its falls."""

    child: Child
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


@dataclass
class Supervisor:
    """Keeps children running until told to end, then ends them in reverse order."""

    records: Path
    logs: Path
    say: Callable[[str], None]
    running: list[Running] = field(default_factory=list)

    def start(self, child: Child, *, ready_within_seconds: float = 30.0) -> None:
        """Starts the child and waits until it is ready; with 0 seconds, wait_for does the waiting later.

        Raises: CannotStart with the last lines of its log when it ends or does not become ready.
        """
        self.running.append(Running(child, self._spawn(child), time.monotonic()))
        if ready_within_seconds:
            self.wait_for(child, ready_within_seconds=ready_within_seconds)

    def wait_for(self, child: Child, *, ready_within_seconds: float) -> None:
        """Waits until a started child is ready. Raises: CannotStart, like start."""
        process = next(entry.process for entry in self.running if entry.child is child)
        deadline = time.monotonic() + ready_within_seconds
        while not child.is_ready():
            if (code := fallen(process)) is not None:
                raise CannotStart(f"{child.name} ended ({words(code)}).\n{self._last_words(child)}")
            if time.monotonic() > deadline:
                seconds = f"{ready_within_seconds:.0f} s"
                raise CannotStart(f"{child.name} was not ready after {seconds}.\n{self._last_words(child)}")
            time.sleep(0.05)

    def watch(self) -> None:
        """Starts again what falls, with growing pauses; returns only by an exception (Ctrl-C, SIGTERM)."""
        while True:
            self.look()
            time.sleep(0.3)

    def look(self) -> None:
        """One round: starts again what has fallen and paused long enough."""
        for entry in self.running:
            self._look_after(entry)

    def stop(self) -> None:
        """Ends all children, the last started first; data and logs stay."""
        while self.running:
            entry = self.running.pop()
            end(entry.process.pid, entry.child.stop_signal, entry.child.patience_seconds, entry.process)
            self._record(entry.child).unlink(missing_ok=True)

    def stop_leftovers(self) -> list[str]:
        """Ends children of a former supervisor that was killed; returns their names."""
        ended = []
        for path in sorted(self.records.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
            record = read_record(path)
            if record is not None and record["pid"] != os.getpid():
                end(record["pid"], signal.Signals(record["stop_signal"]), record["patience"])
                ended.append(path.stem)
            path.unlink(missing_ok=True)
        return ended

    def _look_after(self, entry: Running) -> None:
        now = time.monotonic()
        if entry.again_at is not None:
            if now >= entry.again_at:
                entry.process, entry.started, entry.again_at = self._spawn(entry.child), now, None
            return
        if (code := fallen(entry.process)) is None:
            return
        if now - entry.started > WELL_AFTER_SECONDS:
            entry.pause = FIRST_PAUSE
        self.say(
            f"{entry.child.name} ended ({words(code)}); again in {entry.pause:.0f} s. {self._log(entry.child)}"
        )
        entry.again_at = now + entry.pause
        entry.pause = min(entry.pause * 2, LONGEST_PAUSE)

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        account: dict[str, object] = {}
        if child.account is not None:
            account = {"user": child.account.uid, "group": child.account.gid, "extra_groups": []}
        with self._log(child).open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                child.command,
                env=child.env,
                cwd=child.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **account,  # type: ignore[call-overload]
            )
        write_record(self._record(child), process.pid, child.stop_signal, child.patience_seconds)
        return process

    def _record(self, child: Child) -> Path:
        return self.records / f"{child.name}.json"

    def _log(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def _last_words(self, child: Child) -> str:
        lines = self._log(child).read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"The end of {self._log(child)}:", *(f"  {line}" for line in lines)])


def words(code: int) -> str:
    """An exit code as a person would say it."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def fallen(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code of a child that has ended, after killing what it left behind in its group; else None.

    The group is killed before the leader is reaped: until then nobody else can be given its id.
    """
    if process.returncode is None and start_time(process.pid) is None:
        kill_group(process.pid)
        process.wait()
    return process.returncode


def end(
    pid: int,
    stop_signal: signal.Signals,
    patience_seconds: float,
    process: subprocess.Popen[bytes] | None = None,
) -> None:
    """Asks the leader of a group to end, waits, then kills what is left of the group."""
    if process is not None and process.returncode is not None:
        return
    born = start_time(pid)
    if born is not None:
        os.kill(pid, stop_signal)
    deadline = time.monotonic() + patience_seconds
    while born is not None and start_time(pid) == born and time.monotonic() < deadline:
        time.sleep(0.02)
    if start_time(pid) in (None, born):
        kill_group(pid)
    if process is not None:
        process.wait()


def kill_group(leader: int) -> None:
    """Kills every process of the group; none is no error."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def start_time(pid: int) -> str | None:
    """When that process began, as the kernel counts it; None when it is gone or only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in ("Z", "X") else rest[18]


def write_record(path: Path, pid: int, stop_signal: signal.Signals, patience_seconds: float) -> None:
    """Leaves word of a process for another shell."""
    record = {
        "pid": pid,
        "began": start_time(pid),
        "boot": boot_id(),
        "stop_signal": int(stop_signal),
        "patience": patience_seconds,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record))


def read_record(path: Path) -> dict[str, int] | None:
    """The record, when the very process it was written for still runs; else None."""
    try:
        record = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    same = record["boot"] == boot_id() and record["began"] and record["began"] == start_time(record["pid"])
    return record if same else None


def boot_id() -> str:
    """Which start of the machine this is: process times begin anew with each."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
