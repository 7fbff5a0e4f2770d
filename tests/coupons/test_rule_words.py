"""coupons.rule_words: the rules as people read them."""

from django.utils.translation import override

from coupons.rule_words import amount_lines, rule_lines
from coupons.use_rules import Amount, Rules, Window, monthly
from programs.models import ProgramYear


def test_amounts_by_grade_say_the_grades(year: ProgramYear) -> None:
    rules = Rules(amounts=[Amount(7, 8, 200_000), Amount(9, 9, 300_000)])

    with override("ja"):
        assert amount_lines(year, rules, year.first_day) == ["中1–中2: 200,000円", "中3: 300,000円"]
        assert amount_lines(year, Rules(), year.first_day) == ["どの子どもも: 200,000円"]


def test_windows_say_their_days_and_what_becomes_of_the_rest(year: ProgramYear) -> None:
    rules = Rules(windows=monthly(year, 10_000), categories=["tuition"], per_use_yen=5_000, per_day_yen=6_000)

    with override("ja"):
        lines = rule_lines(year, rules)
        carried = rule_lines(
            year, Rules(windows=[Window(year.first_day, year.last_day, 1)], carries_over=True)
        )

    assert lines[0] == "どの子どもも: 120,000円"
    assert lines[1] == "2026年4月1日(水)から2026年4月30日(木)まで: 10,000円まで"
    assert lines[13:] == [
        "期間の残りは、最終日のあとに基金へ戻ります。",
        "払える費目: 授業料",
        "1回に5,000円まで",
        "1日に6,000円まで",
    ]
    assert carried[-1] == "期間の残りは、あとの期間でも使えます。"


def test_a_year_that_is_pro_rated_says_so(year: ProgramYear) -> None:
    year.is_prorated = True

    with override("en"):
        assert rule_lines(year, Rules())[-1].startswith("Issued during the year")
