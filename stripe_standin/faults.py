"""Faults on order: what goes wrong with webhooks and API calls until told otherwise. Kept in memory."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from stripe_standin.errors import ApiError

CHECKS: dict[str, tuple[type, ...]] = {
    "shuffle": (bool, dict),
    "duplicate": (int,),
    "together": (bool,),
    "drop": (list, str),
    "delay_ms": (int,),
    "hold": (bool,),
    "timeout_after_commit": (int,),
    "hang_ms": (int,),
    "api_errors": (dict,),
}


@dataclass
class Faults:
    """See README.md for what each one does."""

    shuffle: Any = False
    duplicate: int = 0
    together: bool = False
    drop: list[str] = field(default_factory=list)
    delay_ms: int = 0
    hold: bool = False
    timeout_after_commit: int = 0
    hang_ms: int = 0
    api_errors: dict[str, int] = field(default_factory=dict)
    _dice: random.Random = field(default_factory=random.Random)

    def order(self, wanted: dict[str, Any]) -> None:
        """Set the named faults; the others stay. `{"clear": true}` first takes all away."""
        if wanted.pop("clear", False):
            vars(self).update(vars(Faults()))
        for name, value in wanted.items():
            if name not in CHECKS or not isinstance(value, CHECKS[name]):
                raise ApiError(f"Unknown fault or wrong kind of value: {name}", param=name)
        for name, value in wanted.items():
            if name == "drop":
                self.drop += [value] if isinstance(value, str) else value
            elif name == "shuffle":
                self.shuffle = {"window_ms": 400, **value} if isinstance(value, dict) else value
                self._dice = random.Random(value.get("seed") if isinstance(value, dict) else None)
            else:
                setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in CHECKS}

    def plan(self, event_type: str) -> dict[str, Any]:
        """Returns how one delivery will go: state, seconds to wait, number of copies."""
        if event_type in self.drop:
            self.drop.remove(event_type)
            return {"state": "dropped", "after": 0.0}
        after = self.delay_ms / 1000
        if self.shuffle:
            window_ms = self.shuffle["window_ms"] if isinstance(self.shuffle, dict) else 400
            after += self._dice.uniform(0, window_ms / 1000)
        copies = 1 + self.duplicate
        return {
            "state": "held" if self.hold else "waiting",
            "after": after,
            "copies": copies,
            "together": self.together,
        }

    def next_api_error(self) -> int | None:
        """Returns 429 or a 5xx for the next calls that were ordered to fail, before anything is done."""
        if self.api_errors.get("count", 0) < 1:
            return None
        self.api_errors["count"] -= 1
        return self.api_errors.get("status", 500)

    def answer_is_lost(self) -> bool:
        """True when the next answer must vanish although the work was committed."""
        if self.timeout_after_commit < 1:
            return False
        self.timeout_after_commit -= 1
        return True
