"""What the stand-in remembers: objects by account and kind, one lock, one journal on disk.

Each change is one line of JSON in `journal.jsonl`: it is there whole or not at all. A torn last
line (the process was killed while writing) is dropped at the next start.
"""

from __future__ import annotations

import copy
import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stripe_standin.faults import Faults

Object = dict[str, Any]


class Store:
    """All objects of all accounts. Read and write inside `change()` only."""

    def __init__(self, folder: Path, *, settle_seconds: float = 0.5) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._guard = (folder / "lock").open("w")
        fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two servers would mix their books
        self._path = folder / "journal.jsonl"
        self._lock = threading.RLock()
        self._depth = 0
        self._rows: dict[tuple[str, str], dict[str, Object]] = {}
        self._before: dict[tuple[str, str, str], Object | None] = {}
        self.stirred = threading.Condition(self._lock)  # the clockwork sleeps on it
        self.ahead_seconds = 0
        self.faults = Faults()
        self.settle_seconds = settle_seconds  # from a payment to its balance transaction
        self._load()
        self._journal = self._path.open("a", encoding="utf-8")

    def now(self) -> int:
        """Unix seconds; tests may move this clock ahead."""
        return int(time.time()) + self.ahead_seconds

    @staticmethod
    def real_time() -> float:
        """Unix seconds by the machine's clock: for deliveries, whose signatures must be fresh."""
        return time.time()

    @contextmanager
    def change(self) -> Iterator[Store]:
        """One transaction: on an exception memory goes back and nothing reaches the disk."""
        with self._lock:
            self._depth += 1
            try:
                yield self
                if self._depth == 1 and self._before:
                    self._write()
                    self.stirred.notify_all()
            except BaseException:
                if self._depth == 1:
                    self._undo()
                raise
            finally:
                self._depth -= 1

    def put(self, account: str, kind: str, row: Object) -> None:
        assert self._depth, "write inside change()"
        rows = self._rows.setdefault((account, kind), {})
        self._before.setdefault((account, kind, row["id"]), rows.get(row["id"]))
        rows[row["id"]] = copy.deepcopy(row)

    def drop(self, account: str, kind: str, object_id: str) -> None:
        rows = self._rows.setdefault((account, kind), {})
        self._before.setdefault((account, kind, object_id), rows.get(object_id))
        rows.pop(object_id, None)

    def get(self, account: str, kind: str, object_id: str) -> Object | None:
        return copy.deepcopy(self._rows.get((account, kind), {}).get(object_id))

    def all(self, account: str, kind: str) -> list[Object]:
        """Oldest first."""
        return [copy.deepcopy(row) for row in self._rows.get((account, kind), {}).values()]

    def where(self, account: str, kind: str, wanted: Callable[[Object], bool]) -> list[Object]:
        """Oldest first; only what is wanted is copied."""
        rows = self._rows.get((account, kind), {}).values()
        return [copy.deepcopy(row) for row in rows if wanted(row)]

    def owner_of(self, kind: str, object_id: str) -> str | None:
        for (account, its_kind), rows in self._rows.items():
            if its_kind == kind and object_id in rows:
                return account
        return None

    def accounts(self) -> list[str]:
        return list(dict.fromkeys(account for account, _ in self._rows))

    def forget(self, *, but: set[str]) -> None:
        """Empty the books of every kind that `but` does not name."""
        with self.change():
            for (account, kind), rows in list(self._rows.items()):
                for object_id in list(rows) if kind not in but else []:
                    self.drop(account, kind, object_id)

    def _undo(self) -> None:
        for (account, kind, object_id), row in self._before.items():
            if row is None:
                self._rows[account, kind].pop(object_id, None)
            else:
                self._rows[account, kind][object_id] = row
        self._before.clear()

    def _write(self) -> None:
        changes = [[*place, self._rows[place[0], place[1]].get(place[2])] for place in self._before]
        self._journal.write(json.dumps(changes, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._journal.flush()
        self._before.clear()

    def _load(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8", errors="replace").splitlines(keepends=True):
            if not line.endswith("\n"):
                break
            for account, kind, object_id, row in json.loads(line):
                rows = self._rows.setdefault((account, kind), {})
                if row is None:
                    rows.pop(object_id, None)
                else:
                    rows[object_id] = row
        self._compact()

    def _compact(self) -> None:
        """One line per kind instead of the whole past, swapped in by a rename."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            for (account, kind), rows in self._rows.items():
                changes = [[account, kind, object_id, row] for object_id, row in rows.items()]
                file.write(json.dumps(changes, ensure_ascii=False, separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def new_id(prefix: str, *, length: int = 24) -> str:
    """'ch' -> 'ch_3f...': random, so nobody comes to rely on a sequence."""
    return f"{prefix}_{secrets.token_hex(length)[:length]}"
