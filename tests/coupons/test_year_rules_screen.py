"""The page of the year's rules: what holds, the form, what would change, the second yes."""

import pytest
from django.urls import reverse

from coupons.models import UseRules
from coupons.set_use_rules import set_use_rules
from coupons.use_rules import Amount, Rules, read_rules
from programs.models import Membership, Program, ProgramYear
from tests.families.screens import signed_in_as

TYPED = {
    "pattern": "monthly",
    "monthly_yen": "１０，０００円",
    "pooled": ["7", "12"],
    "categories": ["tuition", "tests"],
    "per_use_yen": "",
    "per_day_yen": "5000",
    "reason": "運営委員会 3月10日",
    "version": "0",
}


@pytest.fixture
def address(program: Program, year: ProgramYear) -> str:
    return reverse("office-year-rules", args=[program.slug, year.pk])


def test_what_is_typed_is_shown_first_and_written_with_the_second_yes(
    address: str, office: Membership
) -> None:
    client = signed_in_as(office)

    shown = client.post(address, TYPED).content.decode()
    assert "2026年7月1日" in shown and "20,000" in shown and not UseRules.objects.exists()
    answer = client.post(address, {**TYPED, "yes": "1"})

    assert answer.status_code == 302
    rules = read_rules(UseRules.objects.get())
    assert (len(rules.windows), rules.per_day_yen, rules.categories) == (10, 5_000, ["tuition", "tests"])
    assert "運営委員会 3月10日" in client.get(address).content.decode()


def test_the_form_starts_from_what_holds(address: str, office: Membership, year: ProgramYear) -> None:
    rules = Rules(amounts=[Amount(7, 9, 200_000)])
    set_use_rules(year=year, rules=rules, reason="決定", seen_version=0, actor=office)

    form = signed_in_as(office).get(address).context["form"]

    assert [form[f"grade_{grade}"].value() for grade in (6, 7, 9, 10)] == [None, 200_000, 200_000, None]
    assert (form["pattern"].value(), form["version"].value()) == ("grades", 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"monthly_yen": ""}, "monthly_yen"),
        ({"monthly_yen": "一万"}, "monthly_yen"),
        ({"pattern": "grades"}, "grade_1"),
        ({"categories": []}, "categories"),
        ({"reason": ""}, "reason"),
        ({"per_use_yen": "6000"}, "__all__"),
        ({"version": "3", "yes": "1"}, "__all__"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    address: str, office: Membership, wrong: dict[str, object], field: str
) -> None:
    answer = signed_in_as(office).post(address, {**TYPED, **wrong})

    assert answer.status_code in (409, 422)
    assert field in answer.context["form"].errors and not UseRules.objects.exists()
    assert answer.context["form"]["reason"].value() == ({**TYPED, **wrong})["reason"]
