"""metrics/measure.py: the figures, and what is hidden of them."""

import re
from datetime import date

import pytest
import time_machine

from coupons.models import Category, Redemption
from coupons.reverse import reverse
from metrics.measure import measure_year
from metrics.suppress import Share
from partners.models import Classroom, Provider
from programs.models import ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_coupon, a_fund, a_school, spend
from tests.metrics.conftest import signed_in


@pytest.fixture
def twelve(year, office):
    """Twelve children with 10,000 yen each, and 50,000 yen more in a fund."""
    a_fund(50_000)
    return [a_coupon(year, office) for _ in range(12)]


@pytest.fixture
def till(program):
    return member(program, Role.COUNTER)


def use(coupons, amount_yen, *, till, category=Category.TUITION):
    payee = a_school()
    return [spend(coupon, amount_yen, payee=payee, actor=till, category=category) for coupon in coupons]


def test_money_adds_up(year, twelve, till):
    use(twelve, 4_000, till=till)
    money = measure_year(year).money
    assert money.budget_yen == money.received_yen == 170_000
    assert (money.spent_yen, money.on_coupons_yen, money.left_yen) == (48_000, 72_000, 50_000)
    assert money.budget_yen == money.spent_yen + money.on_coupons_yen + money.left_yen


def test_the_three_rates_differ_and_say_what_they_are(year, twelve, till):
    ProgramYear.objects.filter(pk=year.pk).update(eligible_children=48)
    year.refresh_from_db()
    use(twelve, 2_500, till=till)
    figures = measure_year(year)
    assert figures.take_up == Share(25, 25)
    assert figures.activation == Share(25, 100)  # all 12 used it: at least 3 of 12 is what is said
    assert figures.redemption_words == "25.0"
    assert (figures.children, figures.issued_yen, figures.used_yen, figures.redemptions) == (
        12,
        120_000,
        30_000,
        12,
    )


def test_a_use_taken_back_is_not_counted(year, twelve, till, office):
    done = use(twelve, 1_000, till=till)
    reverse_one(done[0], office)
    figures = measure_year(year)
    assert (figures.redemptions, figures.used_yen, figures.money.spent_yen) == (11, 11_000, 11_000)


def reverse_one(redeemed, office):
    redemption = Redemption.objects.get(pk=redeemed.redemption_id)
    reverse(redemption=redemption, reason="typed twice", actor=office)


def test_small_cells_and_their_neighbours_are_hidden(year, twelve, till):
    use(twelve, 1_000, till=till)
    use(twelve[:3], 500, till=till, category=Category.TESTS)
    table = measure_year(year).by_category
    shown = {row.key: row.shown for row in table.rows}
    assert shown == {"tuition": None, "tests": None, "entry": 0, "materials": 0, "other": 0}
    assert table.total == 13_500


def test_few_children_hide_everything_that_follows_from_their_number(year, office, till):
    use([a_coupon(year, office) for _ in range(9)], 1_000, till=till)
    figures = measure_year(year)
    hidden = (figures.children, figures.issued_yen, figures.used_yen, figures.redemptions, figures.used_once)
    assert hidden == (None,) * 5
    assert (figures.money.spent_yen, figures.money.left_yen, figures.activation) == (None,) * 3
    assert figures.take_up == Share(0, 5)  # 9 of 180: somewhere below 10
    assert (
        figures.by_grade.total is None
        and figures.by_category.total is None
        and figures.by_month.total is None
    )
    assert figures.money.budget_yen == 90_000


def test_the_few_who_did_not_use_it_cannot_be_subtracted(year, twelve, till):
    use(twelve[:11], 1_000, till=till)
    figures = measure_year(year)
    assert figures.used_once is None
    assert figures.used_once_least == 3
    assert figures.used_yen == 11_000


def test_months_run_from_april_to_the_present_one(year, twelve, till):
    use(twelve, 1_000, till=till)
    rows = measure_year(year).by_month.rows
    assert [row.key.month for row in rows] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert rows[-1].shown == 12_000
    with time_machine.travel(date(2026, 5, 10), tick=False):
        assert measure_year(year).by_month.rows[-1].key.month == 3  # what was used stays


def test_schools_are_those_approved_today(year, program):
    for until, is_open in ((date(2027, 3, 31), True), (date(2027, 3, 30), True), (date(2027, 3, 31), False)):
        school = Provider.objects.create(
            name="塾", kind="juku", payable=a_school(), state="approved", approved_until=until
        )
        Classroom.objects.create(provider=school, name="室", area="区", is_open=is_open)
    figures = measure_year(year)
    assert (figures.providers, figures.classrooms) == (2, 1)


def test_another_program_counts_nothing_of_it(year, twelve, till, other_program):
    use(twelve, 1_000, till=till)
    with acting_in(other_program.pk):
        theirs = measure_year(ProgramYear.objects.get())
    assert (theirs.money.budget_yen, theirs.children, theirs.redemptions) == (0, 0, 0)


def test_the_page_answers_six_questions_first(year, twelve, till, screen):
    use(twelve, 1_000, till=till)
    page = screen.get("/shibuya/city/").content.decode()
    labels = re.findall(r'class="stat-label">([^<]+)<', page)
    assert labels[:6] == [
        "予算",
        "参画事業者での利用額",
        "基金の残り",
        "交付率",
        "クーポンを持つ子ども",
        "参画事業者",
    ]
    assert "style=" not in page
    assert page.count("<svg viewBox") == 3
    assert page.count("<details>") >= 3


def test_the_page_takes_a_year_and_refuses_others(year, screen):
    assert screen.get("/shibuya/city/?year=2026").status_code == 200
    for asked in ("2025", "", "abc", "２０２６", "9" * 40):
        assert screen.get("/shibuya/city/", {"year": asked}).status_code == 404


def test_the_number_of_queries_does_not_grow(year, office, till, screen, django_assert_num_queries):
    def measured():
        with django_assert_num_queries(9):
            measure_year(ProgramYear.objects.select_related("program").get(pk=year.pk))

    use([a_coupon(year, office) for _ in range(2)], 500, till=till)
    measured()
    use([a_coupon(year, office) for _ in range(12)], 500, till=till)
    measured()


def test_a_program_without_a_year_says_so(program, screen):
    ProgramYear.objects.all().delete()
    page = screen.get("/shibuya/city/")
    assert page.status_code == 200
    assert "年度がまだありません" in page.content.decode()


@pytest.mark.parametrize("role", [Role.DONOR, Role.GUARDIAN, Role.COUNTER, Role.PROVIDER_ADMIN])
def test_others_find_no_page(program, role):
    assert signed_in(member(program, role)).get("/shibuya/city/").status_code == 404
