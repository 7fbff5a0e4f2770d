"""kernel.remember: made once by one of those who ask, never older than it may be."""

import threading
import time

import pytest
import time_machine

from kernel.remember import Remembered
from tests.conftest import FROZEN


class Count:
    """Makes 1, 2, 3, ..."""

    def __init__(self, takes_seconds: float = 0) -> None:
        self.made = 0
        self.takes_seconds = takes_seconds

    def __call__(self) -> int:
        time.sleep(self.takes_seconds)
        self.made += 1
        return self.made


def test_it_is_made_once_for_each_key() -> None:
    memory, make = Remembered[int](), Count()
    assert [memory.get(key, make, seconds=5) for key in ("a", "a", "b", "a")] == [1, 1, 2, 1]


def test_no_time_makes_it_each_time() -> None:
    memory, make = Remembered[int](), Count()
    assert [memory.get("a", make, seconds=0) for _ in range(3)] == [1, 2, 3]


def test_what_fails_is_not_remembered_and_holds_nobody_up() -> None:
    memory = Remembered[int]()

    def fail() -> int:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            memory.get("a", fail, seconds=5)
    assert memory.get("a", Count(), seconds=5) == 1


def test_the_memory_has_an_end() -> None:
    memory = Remembered[int]()
    for key in range(1_200):
        memory.get(key, Count(), seconds=5)
    assert len(memory._kept) == 1_000 and len(memory._making) <= 1_001


def all_at_once(memory: Remembered[int], make: Count, threads: int = 12) -> list[int]:
    start, got = threading.Barrier(threads), []

    def one() -> None:
        start.wait()
        got.append(memory.get("a", make, seconds=0.5))

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return got


@pytest.mark.real_time
def test_many_at_once_make_it_once() -> None:
    make = Count(takes_seconds=0.1)
    assert all_at_once(Remembered(), make) == [1] * 12
    assert make.made == 1


@pytest.mark.real_time
def test_while_one_makes_it_anew_the_others_have_the_old_one() -> None:
    memory, make = Remembered[int](), Count()
    assert memory.get("a", make, seconds=0.5) == 1
    make.takes_seconds = 0.1
    time.sleep(0.35)  # no longer fresh, not yet too old

    assert sorted(all_at_once(memory, make)) == [1] * 11 + [2]


@pytest.mark.real_time
def test_nothing_is_given_out_older_than_it_may_be() -> None:
    """The age counts from before the making began: what it read is as old as that."""
    memory, make = Remembered[int](), Count(takes_seconds=0.2)
    for _ in range(3):
        began = time.monotonic()
        value = memory.get("a", make, seconds=0.3)
        while memory.get("a", make, seconds=0.3) == value:
            time.sleep(0.01)
        assert time.monotonic() - began < 0.3 + 0.2 + 0.2


def test_frozen_time_is_no_trouble() -> None:
    with time_machine.travel(FROZEN, tick=False):
        assert Remembered[int]().get("a", Count(), seconds=5) == 1
