"""The demonstration's data made on days where years begin and end, and refused where it does not belong."""

from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from coupons.models import Coupon, Redemption
from kernel.clock import JAPAN
from programs.models import Program, ProgramYear
from programs.scoping import acting_in
from tests.config.test_seed_demo import books

# The last day of a fiscal year is the other file's.
EDGES = [
    datetime(2026, 4, 1, 3, tzinfo=UTC),  # the year's first day: nothing can have been used
    datetime(2026, 4, 2, 3, tzinfo=UTC),
    datetime(2026, 12, 31, 15, 30, tzinfo=UTC),  # half past midnight on 1 January in Japan
]


def test_it_is_refused_outside_the_demonstration(db: None, settings: Settings) -> None:
    settings.DEMO = settings.TESTING = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo", stdout=StringIO())

    assert not Program.objects.exists()


@pytest.mark.parametrize("moment", EDGES, ids=lambda moment: f"{moment:%Y-%m-%d}")
def test_it_works_on_any_day(moment: datetime, db: None) -> None:
    with time_machine.travel(moment, tick=False):
        call_command("seed_demo", stdout=StringIO())
        said = books()

        assert said["violations"] == 0
        for program in Program.objects.all():
            with acting_in(program.pk):
                year = ProgramYear.objects.get()
                assert year.first_day <= moment.astimezone(JAPAN).date() <= year.last_day
                assert Coupon.objects.count() >= 44
                assert not Redemption.objects.filter(redeemed_at__gt=moment).exists()
