"""config.testing and config.checking: the tests' own ground."""

import os
import stat
from pathlib import Path

import pytest

from config import checking, testing
from tests.house.reading import APPS

pytestmark = pytest.mark.real_time


def test_the_browser_that_tests_use_draws_a_page() -> None:
    assert testing.starts(os.environ["CHROMIUM"])


@pytest.mark.parametrize("words", ["exit 0", "echo Chromium 999; exit 0", "exit 1"])
def test_something_that_only_looks_like_a_browser_is_not_taken(tmp_path: Path, words: str) -> None:
    pretender = tmp_path / "chromium"
    pretender.write_text(f"#!/bin/sh\n{words}\n")
    pretender.chmod(pretender.stat().st_mode | stat.S_IXUSR)

    assert not testing.starts(str(pretender))


def test_two_runs_at_once_get_grounds_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "VAR", tmp_path)

    first, first_lock = testing.free_slot()
    second, second_lock = testing.free_slot()
    first_lock.close()
    third, third_lock = testing.free_slot()
    second_lock.close()
    third_lock.close()

    assert [first.name, second.name, third.name] == ["test", "test-2", "test"]


def test_every_floor_is_type_checked() -> None:
    assert {*APPS, "stripe_standin"} <= set(checking.FOLDERS)
