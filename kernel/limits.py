"""How often someone did something lately: sliding windows in Redis, exact to the single try.

    take()     one try, if there is room; False says no. The same `what` counts once, so a repeat costs nothing.
    note()     write down that something happened, room or not
    counted()  how many there are

**When Redis is away** doors neither stand open nor fall shut: each process counts by itself and allows half,
asks Redis again after a few seconds, and never raises. What was counted in Redis is then not known.
Who it was is kept as an HMAC alone: addresses and e-mail addresses stand nowhere in clear.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac

from kernel.clock import now

log = logging.getLogger(__name__)
T = TypeVar("T")

PREFIX = "limit:"
ANSWERS_WITHIN_SECONDS = 0.25  # a counter is not worth more of a visitor's time
AWAY_SECONDS = 3.0  # how long Redis is not asked after it did not answer
MOST_KEPT_HERE = 20_000  # who's in one process, while Redis is away

_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
if redis.call('ZSCORE', KEYS[1], ARGV[3]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""


@dataclass(frozen=True)
class Limit:
    """At most `most` in any `seconds`, under a name of its own."""

    name: str
    most: int
    seconds: int

    def halved(self) -> "Limit":
        """The same count with half the room."""
        return replace(self, most=max(1, self.most // 2))


def take(limit: Limit, who: str, what: str) -> bool:
    """Count `what` for `who` if there is room; whether there was. What is counted already has its place."""
    return _ask(
        lambda: bool(_script()(keys=[_key(limit, who)], args=[_now(), limit.seconds, what, limit.most])),
        lambda: _here.take(_key(limit, who), limit.halved(), what),
    )


def note(limit: Limit, who: str, what: str) -> None:
    """Count `what` for `who` once, whatever the limit says."""

    def in_redis() -> None:
        with _client().pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(_key(limit, who), "-inf", _now() - limit.seconds)
            pipe.zadd(_key(limit, who), {what: _now()}, nx=True)
            pipe.expire(_key(limit, who), limit.seconds)
            pipe.execute()

    _ask(in_redis, lambda: _here.note(_key(limit, who), limit, what))


def counted(limit: Limit, who: str, *, seconds: int | None = None) -> int:
    """How many within the last `seconds` (the limit's own, if not given)."""
    since = _now() - (seconds or limit.seconds)
    return _ask(
        lambda: int(_client().zcount(_key(limit, who), f"({since}", "+inf")),
        lambda: _here.counted(_key(limit, who), since),
    )


def taken(limit: Limit, who: str) -> list[str]:
    """What is counted for `who` now."""
    since = _now() - limit.seconds
    return _ask(
        lambda: [str(what) for what in _client().zrangebyscore(_key(limit, who), f"({since}", "+inf")],
        lambda: _here.taken(_key(limit, who), since),
    )


def give_back(limit: Limit, who: str, what: Iterable[str]) -> None:
    """Free the places of what is over."""
    gone = list(what)
    if gone:
        _ask(
            lambda: _client().zrem(_key(limit, who), *gone),
            lambda: _here.give_back(_key(limit, who), gone),
        )


def _now() -> float:
    return now().timestamp()


def _key(limit: Limit, who: str) -> str:
    return f"{PREFIX}{limit.name}:{salted_hmac('kernel.limits', who, algorithm='sha256').hexdigest()[:32]}"


@lru_cache(maxsize=1)
def _connected(url: str) -> tuple[Any, Any]:
    client = redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=ANSWERS_WITHIN_SECONDS,
        socket_connect_timeout=ANSWERS_WITHIN_SECONDS,
    )
    return client, client.register_script(_TAKE)


def _client() -> Any:
    return _connected(settings.REDIS_URL)[0]


def _script() -> Any:
    return _connected(settings.REDIS_URL)[1]


_away_until = 0.0


def _ask(in_redis: Callable[[], T], here: Callable[[], T]) -> T:
    """Redis' answer, or this process's own while Redis is away."""
    global _away_until  # noqa: PLW0603  one word per process
    if time.monotonic() >= _away_until:
        try:
            return in_redis()
        except redis.RedisError as error:
            _away_until = time.monotonic() + AWAY_SECONDS
            log.warning("Redis is away, limits are counted in this process: %s", type(error).__name__)
    return here()


class _Here:
    """The same counts in this process's memory, bounded."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[str, dict[str, float]] = {}

    def take(self, key: str, limit: Limit, what: str) -> bool:
        with self.lock:
            tries = self._fresh(key, _now() - limit.seconds)
            if what not in tries and len(tries) >= limit.most:
                return False
            tries.setdefault(what, _now())
            return True

    def note(self, key: str, limit: Limit, what: str) -> None:
        with self.lock:
            self._fresh(key, _now() - limit.seconds).setdefault(what, _now())

    def counted(self, key: str, since: float) -> int:
        return len(self.taken(key, since))

    def taken(self, key: str, since: float) -> list[str]:
        with self.lock:
            return [what for what, at in self.kept.get(key, {}).items() if at > since]

    def give_back(self, key: str, gone: list[str]) -> None:
        with self.lock:
            for what in gone:
                self.kept.get(key, {}).pop(what, None)

    def _fresh(self, key: str, since: float) -> dict[str, float]:
        """The tries of a key without the old ones; the lock is held. A full memory forgets the oldest key."""
        tries = {what: at for what, at in self.kept.pop(key, {}).items() if at > since}
        while len(self.kept) >= MOST_KEPT_HERE:
            del self.kept[next(iter(self.kept))]
        self.kept[key] = tries
        return tries


_here = _Here()
