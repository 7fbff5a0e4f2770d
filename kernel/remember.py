"""Answers that many ask for, made once in a few seconds: in this process, by one of those who ask."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 1_000
STALE_SHARE = 0.6  # of the time an answer is fresh; then one makes it anew while the others have the old one


class Remembered(Generic[T]):
    """What was made for each key, never older than it may be. One that fails to be made is not remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, T]] = {}  # when its making began, and what came of it
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, seconds: float) -> T:
        """The answer for `key`, at most `seconds` old; 0 makes it each time."""
        if seconds <= 0:
            return make()
        kept = self._kept.get(key)
        age = time.monotonic() - kept[0] if kept else seconds
        if kept and age < seconds * STALE_SHARE:
            return kept[1]
        making = self._lock_of(key)
        if not making.acquire(blocking=age >= seconds):
            return kept[1]  # type: ignore[index]  # not blocking: there is one, and somebody makes the next
        try:
            again = self._kept.get(key)
            if again and again != kept and time.monotonic() - again[0] < seconds:
                return again[1]  # made while we waited
            began = time.monotonic()
            made = make()
            self._keep(key, began, made)
            return made
        finally:
            making.release()

    def forget(self) -> None:
        """Make everything anew."""
        with self._lock:
            self._kept.clear()

    def _lock_of(self, key: Hashable) -> threading.Lock:
        with self._lock:
            if len(self._making) > MOST_KEPT:
                self._making.clear()  # who waits keeps the lock it has
            return self._making.setdefault(key, threading.Lock())

    def _keep(self, key: Hashable, began: float, made: T) -> None:
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (began, made)
