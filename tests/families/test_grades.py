"""families.grades: school begins on the 1 April after reaching 6, and 2 April is the first of a year's cohort."""

from datetime import date

import pytest
from django.utils.translation import override

from families.grades import grade, grade_words


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2011, 4, 1), 10),
        (date(2011, 4, 2), 9),
        (date(2012, 4, 1), 9),
        (date(2012, 4, 2), 8),
        (date(2020, 4, 1), 1),
        (date(2020, 4, 2), 0),
    ],
)
def test_the_cohort_turns_on_the_2_of_april(born: date, expected: int) -> None:
    assert grade(born, 2026) == expected


@pytest.mark.parametrize(
    ("counted", "ja", "en"),
    [
        (0, "未就学", "Before school age"),
        (1, "小1", "Grade 1"),
        (6, "小6", "Grade 6"),
        (7, "中1", "Grade 7"),
        (9, "中3", "Grade 9"),
        (10, "高1", "Grade 10"),
        (12, "高3", "Grade 12"),
        (13, "高校卒業後", "After high school"),
    ],
)
def test_grades_are_said_as_people_say_them(counted: int, ja: str, en: str) -> None:
    with override("ja"):
        assert grade_words(counted) == ja
    with override("en"):
        assert grade_words(counted) == en
