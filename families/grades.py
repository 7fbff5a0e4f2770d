"""School grades, from the birth date and the fiscal year."""

from datetime import date

from django.utils.translation import gettext

from kernel.templatetags.look import in_japanese

SCHOOLS = ((1, 6, "小"), (7, 9, "中"), (10, 12, "高"))  # first and last grade, counted through
LAST_GRADE = 12


def grade(birth_date: date, year: int) -> int:
    """The grade in fiscal year `year`, counted through: 1-6 elementary, 7-9 junior high, 10-12 high school.

    An age is reached at the end of the day before the birthday, and school begins on the 1 April
    after reaching 6. So those born up to 1 April enter in the year they turn 6, those from 2 April
    on in the next. Below 1: not at school yet; above 12: after high school.
    Source: Act on Calculation of Ages (1902); School Education Act art. 17; Civil Code art. 143.
    """
    enters_in = birth_date.year + (6 if (birth_date.month, birth_date.day) <= (4, 1) else 7)
    return year - enters_in + 1


def grade_words(grade: int) -> str:
    """5 -> '小5', 9 -> '中3', 10 -> '高1'; in English 'Grade 9'."""
    if grade < 1:
        return gettext("Before school age")
    if grade > LAST_GRADE:
        return gettext("After high school")
    if not in_japanese():
        return f"Grade {grade}"
    first, school = next((first, school) for first, last, school in SCHOOLS if first <= grade <= last)
    return f"{school}{grade - first + 1}"
