"""What the stand-in remembers: objects by account and kind, one lock, one journal on disk.

Each change is one line of JSON in `journal.jsonl`: it is there whole or not at all. A torn last
line (the process was killed while writing) is dropped at the next start.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stripe_standin.faults import Faults
from stripe_standin.shelves import Object, Shelf, packed

OLDER: dict[str, Object] = {  # what rows of an older journal lack
    "charge": {"_method": "card"},
    "checkout.session": {"_base_url": ""},
    "payment_intent": {"_funded_yen": 0},
}
CLOCK = ("", "clock")  # of no account: how far the clock was moved


class Store:
    """All objects of all accounts. Read and write inside `change()` only."""

    def __init__(self, folder: Path, *, settle_seconds: float = 0.5) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._guard = (folder / "lock").open("w")
        fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two servers would mix their books
        self._path = folder / "journal.jsonl"
        self._lock = threading.RLock()
        self._depth = 0
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._before: dict[tuple[str, str, str], bytes | None] = {}
        self.stirred = threading.Condition(self._lock)  # the clockwork sleeps on it
        self.faults = Faults()
        self.settle_seconds = settle_seconds  # from a payment to its balance transaction
        self._load()
        self._ahead_seconds = int((self.get(*CLOCK, "clock") or {}).get("ahead_seconds", 0))
        self._journal = self._path.open("a", encoding="utf-8")

    def now(self) -> int:
        """Unix seconds; tests may move this clock ahead."""
        return int(time.time()) + self._ahead_seconds

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

    def set_clock(self, *, ahead_seconds: int) -> None:
        """Kept over a restart: what was dated ahead must not lie in the future afterwards."""
        self._ahead_seconds = ahead_seconds
        self.put(*CLOCK, {"id": "clock", "ahead_seconds": ahead_seconds})

    @property
    def ahead_seconds(self) -> int:
        return self._ahead_seconds

    def put(self, account: str, kind: str, row: Object) -> None:
        assert self._depth, "write inside change()"
        shelf = self._shelf(account, kind)
        self._before.setdefault((account, kind, row["id"]), shelf.rows.get(row["id"]))
        shelf.put(row["id"], packed(row), row)

    def drop(self, account: str, kind: str, object_id: str) -> None:
        shelf = self._shelf(account, kind)
        self._before.setdefault((account, kind, object_id), shelf.rows.get(object_id))
        shelf.drop(object_id)

    def get(self, account: str, kind: str, object_id: str) -> Object | None:
        return self._shelf(account, kind).take(object_id)

    def all(self, account: str, kind: str) -> list[Object]:
        """Oldest first."""
        return list(self._shelf(account, kind).all())

    def where(self, account: str, kind: str, wanted: Callable[[Object], bool]) -> list[Object]:
        """Oldest first. Reads every row: `having` is for what is asked often."""
        return [row for row in self._shelf(account, kind).all() if wanted(row)]

    def having(self, account: str, kind: str, index: str, value: Hashable = True) -> list[Object]:
        """Oldest first, by an index of shelves.INDEXES."""
        return self._shelf(account, kind).having(index, value)

    def shelf(self, account: str, kind: str) -> Shelf:
        """For lists, which read a page of it and no more."""
        return self._shelf(account, kind)

    def owner_of(self, kind: str, object_id: str) -> str | None:
        for (account, its_kind), shelf in self._shelves.items():
            if its_kind == kind and object_id in shelf.rows:
                return account
        return None

    def accounts(self) -> list[str]:
        return [account for account in dict.fromkeys(account for account, _ in self._shelves) if account]

    def forget(self, *, but: set[str]) -> None:
        """Empty the books of every kind that `but` does not name."""
        with self.change():
            for (account, kind), shelf in list(self._shelves.items()):
                for object_id in list(shelf.rows) if kind not in but else []:
                    self.drop(account, kind, object_id)

    def _shelf(self, account: str, kind: str) -> Shelf:
        shelf = self._shelves.get((account, kind))
        if shelf is None:
            shelf = self._shelves[account, kind] = Shelf(kind)
        return shelf

    def _undo(self) -> None:
        for (account, kind, object_id), was in self._before.items():
            shelf = self._shelf(account, kind)
            if was is None:
                shelf.drop(object_id)
            else:
                shelf.put(object_id, was)
        self._before.clear()

    def _write(self) -> None:
        changes = [[*place, self._shelf(place[0], place[1]).take(place[2])] for place in self._before]
        self._journal.write(json.dumps(changes, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._journal.flush()
        self._before.clear()

    def _load(self) -> None:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace") as journal:
            for line in journal:
                if not line.endswith("\n"):
                    break
                for account, kind, object_id, row in json.loads(line):
                    shelf = self._shelf(account, kind)
                    if row is None:
                        shelf.drop(object_id)
                    else:
                        row = {**OLDER.get(kind, {}), **row}
                        shelf.put(object_id, packed(row), row)
        self._compact()

    def _compact(self) -> None:
        """One line per row instead of the whole past, swapped in by a rename."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            for (account, kind), shelf in self._shelves.items():
                for row in shelf.all():
                    change = [[account, kind, row["id"], row]]
                    file.write(json.dumps(change, ensure_ascii=False, separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def new_id(prefix: str, *, length: int = 24) -> str:
    """'ch' -> 'ch_3f...': random, so nobody comes to rely on a sequence."""
    return f"{prefix}_{secrets.token_hex(length)[:length]}"
