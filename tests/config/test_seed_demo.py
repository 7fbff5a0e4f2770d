"""The demonstration's data: the published totals to the yen, real banks, whole books, on any day.

Source of the figures: CAMPFIRE project 42198 and the report of 30 August 2018 (渋谷); Fukuoka city's program.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings
from zengin_code import Bank

from config.demo_data.money import BOOKED_GIFTS_YEN
from coupons.models import Coupon, Redemption
from donations.models import Campaign, Donation
from donations.queries import standing_of
from kernel.clock import JAPAN, day_of, months_left
from ledger.balances import balance_yen
from metrics.measure import measure_year
from partners.models import BankAccount, Classroom
from programs.directory import forget_programs
from programs.models import Program, ProgramYear
from programs.scoping import acting_in
from tests.conftest import FROZEN

DEMONSTRATION = "デモ：このページの人物は架空です。"


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Both programs as on the last day of the fiscal year; taken back at the end of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(FROZEN, tick=False):
            call_command("seed_demo", stdout=StringIO())
        forget_programs()
        yield
        transaction.set_rollback(True)
    forget_programs()


@pytest.fixture
def shibuya(seeded: None, db: None) -> Iterator[Program]:
    """渋谷, with its scope open."""
    yield from _program("shibuya")


@pytest.fixture
def fukuoka(seeded: None, db: None) -> Iterator[Program]:
    """福岡, with its scope open."""
    yield from _program("fukuoka")


def _program(slug: str) -> Iterator[Program]:
    program = Program.objects.get(slug=slug)
    with acting_in(program.pk):
        yield program


def books() -> dict[str, Any]:
    """What verify_books says; SystemExit when something is wrong."""
    said = StringIO()
    call_command("verify_books", "--json", stdout=said)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def check_digit(five: str) -> str:
    """Of a municipality code (JIS X 0402): 11 less the weighted sum modulo 11, its last digit."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def rows() -> dict[str, int]:
    """How many rows each model of each program has, and how many programs and people there are."""
    found = {}
    for program in Program.objects.all():
        with acting_in(program.pk):
            for model in apps.get_models():
                if any(field.name == "program" for field in model._meta.fields):
                    found[f"{program.slug} {model.__name__}"] = model._default_manager.count()
    return found | {"programs": Program.objects.count()}


def test_the_campaign_is_the_published_one(shibuya: Program) -> None:
    campaign = Campaign.objects.get(state=Campaign.State.CLOSED)
    gifts = Donation.objects.filter(campaign=campaign, state=Donation.State.PAID)

    stands = standing_of(campaign)

    assert (campaign.goal_yen, stands.raised_yen, stands.donors) == (10_000_000, 14_053_500, 731)
    assert (campaign.first_day, campaign.last_day) == (date(2025, 9, 21), date(2025, 11, 30))
    days = {day_of(gift.paid_at) for gift in gifts}
    assert min(days) == campaign.first_day and max(days) == campaign.last_day
    assert gifts.values("email").distinct().count() == 731


def test_54_children_have_200000_yen_each_and_79_classrooms(shibuya: Program) -> None:
    coupons = Coupon.objects.all()

    assert [coupon.face_yen for coupon in coupons] == [200_000] * 54
    assert coupons.values("child").distinct().count() == 54
    assert {coupon.last_day for coupon in coupons} == {date(2027, 3, 31)}
    assert Classroom.objects.count() == 79
    assert all(
        coupon.face_yen - sum(use.amount_yen for use in coupon.redemptions.all())
        == balance_yen(coupon.account)
        for coupon in coupons
    )


def test_take_up_and_activation_have_the_published_shape(shibuya: Program) -> None:
    year = ProgramYear.objects.get()
    august = datetime(2026, 8, 1, tzinfo=JAPAN)
    begun = Redemption.objects.filter(redeemed_at__lt=august).values("coupon").distinct().count()

    figures = measure_year(year)

    assert year.eligible_children == 180 and figures.take_up is not None
    assert (figures.take_up.low, figures.take_up.high) == (30, 30)
    assert begun / 54 > 0.8
    assert figures.activation is not None and figures.activation.low > 80


def test_fukuoka_is_prorated_by_month_from_120000_yen_a_year(fukuoka: Program) -> None:
    year = ProgramYear.objects.get()
    coupons = list(Coupon.objects.all())

    assert (year.face_yen, year.is_prorated) == (120_000, True)
    assert {coupon.face_yen for coupon in coupons} == {120_000, 100_000}  # since April, and since June
    for coupon in coupons:
        assert coupon.face_yen == 10_000 * months_left(day_of(coupon.issued_at), year.last_day)


def test_banks_branches_and_municipalities_are_real(seeded: None, db: None) -> None:
    programs = list(Program.objects.all())

    assert {program.municipality_code for program in programs} == {"131130", "401307"}
    for program in programs:
        assert check_digit(program.municipality_code[:5]) == program.municipality_code[5]
        with acting_in(program.pk):
            accounts = list(BankAccount.objects.all())
        assert len(accounts) >= 12
        assert [a.pk for a in accounts if a.branch_code not in Bank.all[a.bank_code].branches] == []


def test_the_books_are_whole(seeded: None, db: None) -> None:
    said = books()

    assert said["violations"] == 0
    assert {one["slug"]: one["donated_yen"] for one in said["programs"]} == {
        "shibuya": 14_053_500,
        "fukuoka": BOOKED_GIFTS_YEN,
    }


def test_a_second_run_changes_nothing(seeded: None, db: None) -> None:
    before, said = rows(), books()

    call_command("seed_demo", stdout=StringIO())

    assert rows() == before and books() == said
    assert sum(before.values()) > 2_000


@pytest.mark.parametrize("path", ["/", "/shibuya/", "/fukuoka/"])
def test_pages_say_that_it_is_a_demonstration(path: str, seeded: None, db: None, settings: Settings) -> None:
    settings.DEMO = True

    answer = Client().get(path)

    assert answer.status_code == 200
    assert DEMONSTRATION in answer.content.decode()


def test_a_program_says_so_too_when_only_its_own_mark_is_set(
    shibuya: Program, client: Client, settings: Settings
) -> None:
    settings.DEMO = False

    assert DEMONSTRATION in client.get("/shibuya/").content.decode()
