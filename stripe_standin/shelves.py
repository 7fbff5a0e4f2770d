"""Shelves: the rows of one kind in one account, in the order they came, found again by the fields below.

A row lies packed: it takes a tenth of the memory, and taking it out makes the copy that a caller may
change. Without the indexes every list and every tick of the clockwork would read every row.
"""

from __future__ import annotations

import marshal
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

Object = dict[str, Any]
Index = Callable[[Object], Hashable]
OPEN = "open"  # the index of balance transactions that no payout has taken
NEVER = float("inf")
END = "\U0010ffff"  # sorts behind every id


def _field(name: str) -> Index:
    return lambda row: row.get(name)


INDEXES: dict[str, dict[str, Index]] = {
    "balance_transaction": {
        "payout": _field("_payout"),
        "source": _field("source"),
        "type": _field("type"),
        OPEN: lambda row: True if row["_payout"] is None else None,
    },
    "charge": {"payment_intent": _field("payment_intent"), "customer": _field("customer")},
    "checkout.session": {"payment_intent": _field("payment_intent"), "customer": _field("customer")},
    "customer_cash_balance_transaction": {"customer": _field("customer")},
    "delivery": {"event": _field("event")},
    "dispute": {"charge": _field("charge")},
    "event": {"type": _field("type")},
    "invoice": {"customer": _field("customer"), "subscription": _field("_subscription")},
    "invoice_payment": {"invoice": _field("invoice")},
    "payment_intent": {"customer": _field("customer")},
    "payment_method": {"customer": _field("customer")},
    "radar.early_fraud_warning": {"charge": _field("charge")},
    "refund": {"charge": _field("charge"), "payment_intent": _field("payment_intent")},
    "subscription": {"customer": _field("customer")},
}


def _voucher_ends(row: Object) -> float | None:
    details = (row.get("next_action") or {}).get("konbini_display_details")
    return int(details["expires_at"]) + 1 if details else None


def _month_ends(row: Object) -> float | None:
    if row["status"] not in ("active", "past_due"):
        return None
    resumes = (row["pause_collection"] or {}).get("resumes_at")
    ends: float = row["items"]["data"][0]["current_period_end"]
    return min(ends, resumes or NEVER)


DUE: dict[str, Callable[[Object], float | None]] = {  # when the clock has something to do with a row
    "charge": lambda row: row.get("_settle_at"),
    "checkout.session": lambda row: row["expires_at"] if row.get("status") == "open" else None,
    "delivery": lambda row: row["due"] if row["state"] in ("waiting", "undelivered") else None,
    "invoice": lambda row: row["next_payment_attempt"],
    "payment_intent": _voucher_ends,
    "subscription": _month_ends,
}


class Shelf:
    """`rows` by id; every row also has a place, counted up as rows come."""

    def __init__(self, kind: str) -> None:
        self.rows: dict[str, bytes] = {}
        self.places: dict[str, int] = {}
        self._ids: list[str] = []
        self._created: list[int] = []  # the latest so far, so that it can be searched by halving
        self._in_step = True  # created never went back; a renewal is dated as it fell due, so it may
        self._indexes = INDEXES.get(kind, {})
        self._found: dict[str, dict[Hashable, list[int]]] = {name: {} for name in self._indexes}
        self._moment = DUE.get(kind)
        self._dues: list[tuple[float, str]] = []

    def take(self, object_id: str) -> Object | None:
        packed = self.rows.get(object_id)
        return None if packed is None else marshal.loads(packed)

    def all(self) -> Iterator[Object]:
        """Oldest first."""
        return (marshal.loads(packed) for packed in list(self.rows.values()))

    def put(self, object_id: str, packed: bytes, row: Object | None = None) -> None:
        """row: the same unpacked, where the caller has it at hand."""
        row = row if row is not None else marshal.loads(packed)
        if object_id not in self.rows:
            self.places[object_id] = len(self._ids)
            created = row.get("created", 0)
            latest = self._created[-1] if self._created else created
            self._in_step = self._in_step and created >= latest
            self._ids.append(object_id)
            self._created.append(max(created, latest))
        before = self.take(object_id)
        self.rows[object_id] = packed
        self._index(object_id, before, row)

    def drop(self, object_id: str) -> None:
        """Its place stays empty; the same id put again stands at the end."""
        before = self.take(object_id)
        if before is not None:
            self._index(object_id, before, None)
            del self.rows[object_id], self.places[object_id]

    def having(self, name: str, value: Hashable) -> list[Object]:
        """Oldest first: the rows whose index `name` says `value`."""
        return [self._at(place) for place in self._found[name].get(value, [])]

    def upcoming(self) -> Iterator[Object]:
        """What waits for the clock, soonest first; each with its moment as `_at`."""
        for moment, object_id in list(self._dues):
            yield {**marshal.loads(self.rows[object_id]), "_at": moment}

    def due(self, now: float) -> list[Object]:
        """What the clock has reached, soonest first."""
        reached = self._dues[: bisect_right(self._dues, (now, END))]
        return [marshal.loads(self.rows[object_id]) for _, object_id in reached]

    def next_due(self) -> float | None:
        return self._dues[0][0] if self._dues else None

    def is_indexed(self, name: str) -> bool:
        return name in self._indexes

    def walk(
        self,
        *,
        found: tuple[str, Hashable] | None = None,
        created: tuple[int | None, int | None] = (None, None),
        cursor: str | None = None,
        back: bool = False,
    ) -> Iterator[Object]:
        """Newest first from behind the cursor; `back` walks up from it to the newest instead.

        found: an index and its value. created: first and last second that may count; a hint that
        saves work, so the caller still looks at each row.
        """
        line: Sequence[int] = range(len(self._ids))
        if found:
            line = self._found[found[0]].get(found[1], [])
        low, high = 0, len(self._ids)
        if created[0] is not None:
            low = bisect_left(self._created, created[0])
        if created[1] is not None and self._in_step:
            high = bisect_right(self._created, created[1])
        if cursor is not None:
            place = self.places[cursor]
            low, high = (max(low, place + 1), high) if back else (low, min(high, place))
        steps = range(bisect_left(line, low), bisect_left(line, high))
        for step in steps if back else reversed(steps):
            place = line[step]
            if self.places.get(self._ids[place]) == place:
                yield self._at(place)

    def _at(self, place: int) -> Object:
        row: Object = marshal.loads(self.rows[self._ids[place]])
        return row

    def _index(self, object_id: str, before: Object | None, after: Object | None) -> None:
        if self._moment:
            was = None if before is None else self._moment(before)
            comes = None if after is None else self._moment(after)
            if was != comes:
                if was is not None:
                    self._dues.pop(bisect_left(self._dues, (was, object_id)))
                if comes is not None:
                    insort(self._dues, (comes, object_id))
        place = self.places[object_id]
        for name, read in self._indexes.items():
            old = None if before is None else read(before)
            new = None if after is None else read(after)
            if old == new:
                continue
            if old is not None:
                line = self._found[name][old]
                line.pop(bisect_left(line, place))
            if new is not None:
                insort(self._found[name].setdefault(new, []), place)


def packed(row: Object) -> bytes:
    return marshal.dumps(row)
