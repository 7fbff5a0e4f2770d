"""kernel.limits on a real Redis, and without one."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from pytest_django.fixtures import Settings

from kernel import limits
from kernel.limits import Limit, counted, give_back, note, take, taken
from tests.conftest import FROZEN

THREE = Limit("three", most=3, seconds=60)


@pytest.fixture(params=["redis", "away"])
def place(request: pytest.FixtureRequest, settings: Settings) -> str:
    if request.param == "away":
        settings.REDIS_URL = "redis://127.0.0.1:9/0"
    return str(request.param)


def allowed(place: str) -> int:
    return THREE.most if place == "redis" else THREE.halved().most


def test_as_many_as_there_is_room_and_no_more(place: str) -> None:
    tries = [take(THREE, "a", str(number)) for number in range(5)]

    assert tries.count(True) == allowed(place) and tries[-1] is False
    assert counted(THREE, "a") == allowed(place)
    assert take(THREE, "b", "0")  # someone else has room of their own
    assert take(Limit("other", 3, 60), "a", "0")  # and so has another limit


def test_a_repeat_has_its_place_already(place: str) -> None:
    assert all(take(THREE, "a", "same") for _ in range(9))
    assert counted(THREE, "a") == 1


def test_the_window_slides(place: str) -> None:
    most = allowed(place)
    for number in range(most):
        with time_machine.travel(FROZEN + timedelta(seconds=10 * number), tick=False):
            assert take(THREE, "a", str(number))
    with time_machine.travel(FROZEN + timedelta(seconds=59), tick=False):
        assert not take(THREE, "a", "more")
    with time_machine.travel(FROZEN + timedelta(seconds=60), tick=False):
        assert take(THREE, "a", "more")  # the first is a minute old
        assert not take(THREE, "a", "and more")
        assert counted(THREE, "a", seconds=5) == 1


def test_what_is_noted_counts_once_and_over_the_limit_too(place: str) -> None:
    for number in (1, 2, 2, 3, 4, 4, 5):
        note(THREE, "a", f"evt_{number}")

    assert counted(THREE, "a") == 5
    assert not take(THREE, "a", "x")


def test_a_place_can_be_given_back(place: str) -> None:
    while take(THREE, "a", f"{counted(THREE, 'a')}"):
        pass
    first, *rest = sorted(taken(THREE, "a"))
    give_back(THREE, "a", [first])

    assert taken(THREE, "a") == rest
    assert take(THREE, "a", "new")


def test_who_it_was_is_not_kept_in_clear() -> None:
    take(THREE, "hanako@example.jp 203.0.113.7", "x")
    kept = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)

    keys = [*kept.scan_iter(f"{limits.PREFIX}*")]

    assert keys and not any("hanako" in key or "203.0" in key for key in keys)
    assert all(0 < kept.ttl(key) <= 60 for key in keys)


def test_redis_coming_back_is_asked_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    there = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert [take(THREE, "a", str(number)) for number in range(2)] == [True, False]
    settings.REDIS_URL = there
    assert not take(THREE, "a", "still away, for a few seconds")
    monkeypatch.setattr(limits, "_away_until", 0.0)

    assert take(THREE, "a", "2")


def test_the_memory_of_one_process_has_an_end(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    monkeypatch.setattr(limits, "MOST_KEPT_HERE", 10)
    for number in range(50):
        take(THREE, str(number), "x")
    assert len(limits._here.kept) == 10


def race(take_one: Callable[[str], bool], tries: int = 16) -> int:
    """How many of `tries` at the same moment were let through."""
    start, through = threading.Barrier(tries), []

    def one(number: int) -> None:
        start.wait()
        through.append(take_one(str(number)))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(through)


@pytest.mark.real_time
def test_at_the_same_moment_no_more_come_through_than_there_is_room() -> None:
    assert [race(lambda what, n=n: take(THREE, f"round {n}", what)) for n in range(10)] == [3] * 10


@pytest.mark.real_time
def test_looking_first_and_counting_then_lets_more_through() -> None:
    """The negative control of the race above: the same count in two steps."""
    all_looked = threading.Barrier(16)

    def in_two_steps(what: str) -> bool:
        has_room = counted(THREE, "a") < THREE.most
        all_looked.wait()
        if has_room:
            note(THREE, "a", what)
        return has_room

    assert race(in_two_steps) > 3
