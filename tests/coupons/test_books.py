"""coupons.books: every coupon, use, undoing and ending has exactly its transfer, and the totals say so."""

from datetime import timedelta

import pytest
from django.db import connection, connections

from coupons.books import CLAIMS, MORE, totals
from coupons.expire import expire_due
from coupons.issue import issue
from coupons.models import Redemption
from coupons.reverse import reverse
from ledger.verify import verify
from programs.models import Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_fund, a_school, an_application, spend

pytestmark = pytest.mark.django_db(transaction=True)
GRANTS = """
SELECT t.source, 1, t.debit_id, t.credit_id, t.amount_yen FROM ledger_transfer t WHERE t.source LIKE 'grant:%'
"""


@pytest.fixture
def lived(two_programs: tuple[Program, Program]) -> Program:
    """Two coupons of 200,000; uses of 50,000, 30,000 and 20,000, of which 30,000 was taken back; one ended."""
    program = two_programs[0]
    with acting_in(program.pk):
        office, till = member(program, Role.OFFICE), member(program, Role.COUNTER)
        year, fund, school = ProgramYear.objects.get(), a_fund(1_000_000), a_school()
        one, two = (
            issue(application=an_application(year, office), fund=fund, actor=office) for _ in range(2)
        )
        spend(one, 50_000, payee=school, actor=till)
        wrong = spend(two, 30_000, payee=school, actor=till)
        spend(two, 20_000, payee=school, actor=till)
        reverse(redemption=Redemption.objects.get(pk=wrong.redemption_id), actor=till)
        two.last_day = LAST_DAY - timedelta(days=1)
        two.save()
    return program


def said(program: Program) -> list[str]:
    with acting_in(program.pk):
        return verify([*CLAIMS, GRANTS], MORE[:1])


def test_the_books_are_whole_and_the_totals_add_up(lived: Program) -> None:
    with acting_in(lived.pk):
        expire_due(LAST_DAY)
        assert totals() == {
            "issued_yen": 400_000,
            "issued": 2,
            "redeemed_yen": 100_000,
            "redemptions": 3,
            "reversed_yen": 30_000,
            "expired_yen": 180_000,
            "left_yen": 150_000,
        }
    assert said(lived) == []


def test_a_use_after_the_last_day_is_seen(lived: Program) -> None:
    with acting_in(lived.pk):
        found = verify([*CLAIMS, GRANTS], MORE)
    assert len(found) == 2 and all("after its last day" in one for one in found)


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("coupons_redemption", "UPDATE coupons_redemption SET amount_yen = amount_yen + 1"),
        ("coupons_redemption", "UPDATE coupons_redemption SET id = id + 1000"),
        ("coupons_reversal", "DELETE FROM coupons_reversal"),
        ("coupons_coupon", "UPDATE coupons_coupon SET face_yen = face_yen + 1"),
        ("audit_record", "DELETE FROM audit_record WHERE verb = 'coupon.redeemed'"),
    ],
)
def test_what_the_owner_alone_could_break_is_seen(lived: Program, table: str, damage: str) -> None:
    assert said(lived) == []
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        if table != "coupons_coupon":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        cursor.execute(damage)
        if table != "coupons_coupon":
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
        cursor.execute("SET session_replication_role = origin")

    assert said(lived) != []
    assert connection.settings_dict["USER"] == "sc_app"
