"""Two tills never spend the same yen: 40 at once on one coupon, over HTTP, against the running product.

The tills' journals are the witness from outside: each use that a till was told of stands in the books
once, and each use in the books was told to a till. Two mutants show that the check can fail.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.test import Client

from coupons.models import Coupon, Redemption
from ledger.balances import balance_yen
from ledger.models import Transfer
from programs.scoping import acting_in
from tests.partners.cast import School, a_coupon
from tests.partners.tills import Entry, Till, granian

ROUNDS, TILLS = 20, 40
FACE_YEN, EACH_YEN = 10_000, 1_000
REDEEM_SQL = Path(__file__).resolve().parents[2] / "coupons" / "redeem.sql"

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all tests of this file."""
    with granian(tmp_path_factory.mktemp("granian") / "log") as port:
        yield port


@pytest.fixture
def slug() -> str:
    """Another address for each test: the server, which outlives them, remembers programs for some seconds."""
    return f"shibuya-{uuid4().hex[:8]}"


@pytest.fixture
def tills(port: int, committed_school: School) -> Iterator[list[Till]]:
    """Half of them tablets where the clerk is signed in, half of them systems on the API."""
    school = committed_school
    client = Client()
    client.force_login(school.clerk.user)
    assert isinstance(client.session, SessionStore)
    key = str(client.session.session_key)
    made = [
        Till(
            port=port,
            classroom_id=school.classroom.pk,
            device_token=school.tablet_token if number % 2 else school.system_token,
            session=key if number % 2 else "",
            program=school.program,
        )
        for number in range(TILLS)
    ]
    yield made
    for till in made:
        till.line.close()


def all_at_once(tills: list[Till], coupon: Coupon) -> list[Entry]:
    """Every till asks for the same coupon at the same moment."""
    start = Barrier(len(tills))

    def ask(till: Till) -> Entry:
        start.wait()
        return till.take(coupon.code, EACH_YEN)

    with ThreadPoolExecutor(len(tills)) as pool:
        return list(pool.map(ask, tills))


def wrong_with(entries: list[Entry], coupon: Coupon, school: School) -> list[str]:
    """What the tills were told, held against the books; [] is good."""
    told = {entry.key: entry.number for entry in entries if entry.status in (200, 201)}
    refused = [entry for entry in entries if entry.status == 409]
    with acting_in(school.program.pk):
        uses = {use.request_key: use.pk for use in Redemption.objects.filter(coupon=coupon)}
        moved = Transfer.objects.filter(source__in=[f"redemption:{number}" for number in uses.values()])
        left_yen = balance_yen(coupon.account)
        amounts = {transfer.amount_yen for transfer in moved}
        transfers = moved.count()
    most = FACE_YEN // EACH_YEN
    said = {
        f"{len(told)} were accepted": len(told) != most,
        f"{len(refused)} were refused": len(refused) != len(entries) - most,
        "the books and the journals differ": told != uses,
        f"{transfers} transfers": transfers != most or amounts != {EACH_YEN},
        f"{left_yen} yen are left": left_yen != 0,
    }
    return [words for words, is_wrong in said.items() if is_wrong]


def new_coupon(school: School) -> Coupon:
    with acting_in(school.program.pk):
        return a_coupon(school.program, yen=FACE_YEN)


def test_exactly_ten_of_forty_in_each_of_twenty_rounds(tills: list[Till], committed_school: School) -> None:
    for number in range(ROUNDS):
        coupon = new_coupon(committed_school)

        entries = all_at_once(tills, coupon)

        assert wrong_with(entries, coupon, committed_school) == [], f"round {number}"
    with acting_in(committed_school.program.pk):
        assert balance_yen(committed_school.provider.payable) == ROUNDS * FACE_YEN
        written = set(Redemption.objects.values_list("request_key", flat=True))
    assert written == {entry.key for till in tills for entry in till.journal if entry.status in (200, 201)}


def test_the_same_key_from_forty_hands_is_one_use(tills: list[Till], committed_school: School) -> None:
    coupon, key = new_coupon(committed_school), uuid4()
    start = Barrier(len(tills))

    def ask(till: Till) -> Entry:
        start.wait()
        return till.take(coupon.code, EACH_YEN, key)

    with ThreadPoolExecutor(len(tills)) as pool:
        entries = list(pool.map(ask, tills))

    statuses = [entry.status for entry in entries]
    assert set(statuses) <= {200, 201} and statuses.count(201) <= 1  # a screen answers 200 also at first
    assert len({entry.number for entry in entries}) == 1
    with acting_in(committed_school.program.pk):
        assert Redemption.objects.count() == 1
        assert balance_yen(coupon.account) == FACE_YEN - EACH_YEN


@contextmanager
def without_the_lock(*, also_without_the_check: bool) -> Iterator[None]:
    """As the owner: coupons_redeem() reads the balance without locking it, and dawdles before it pays."""
    whole = REDEEM_SQL.read_text()
    function = whole[whole.index("CREATE OR REPLACE FUNCTION coupons_redeem") : whole.index("$$;") + 3]
    mutant = function.replace("FOR UPDATE;", ";", 1).replace(
        "taken_at := p_now;", "taken_at := p_now; PERFORM pg_sleep(0.05);", 1
    )
    assert mutant.count("FOR UPDATE") == function.count("FOR UPDATE") - 1 and "pg_sleep" in mutant
    with connections["migrate"].cursor() as owner:
        owner.execute(f"SET ROLE sc_definer; {mutant}; SET ROLE sc_owner")
        if also_without_the_check:
            owner.execute("ALTER TABLE ledger_balance DROP CONSTRAINT balance_never_negative")
    try:
        yield
    finally:
        with connections["migrate"].cursor() as owner:
            owner.execute(f"SET ROLE sc_definer; {function}; SET ROLE sc_owner")
            if also_without_the_check:
                owner.execute("UPDATE ledger_balance SET balance_yen = 0 WHERE balance_yen < 0")
                owner.execute(
                    "ALTER TABLE ledger_balance ADD CONSTRAINT balance_never_negative CHECK (balance_yen >= 0)"
                )


def test_without_the_lock_the_check_above_fails(tills: list[Till], committed_school: School) -> None:
    """The table's CHECK still keeps the money, but tills meet errors in place of refusals."""
    coupon = new_coupon(committed_school)
    with without_the_lock(also_without_the_check=False):
        entries = all_at_once(tills, coupon)

    assert any("were refused" in said for said in wrong_with(entries, coupon, committed_school))


def test_without_lock_and_check_the_same_yen_is_spent_twice(
    tills: list[Till], committed_school: School
) -> None:
    coupon = new_coupon(committed_school)
    with without_the_lock(also_without_the_check=True):
        entries = all_at_once(tills, coupon)
        said = wrong_with(entries, coupon, committed_school)

    assert any("were accepted" in words for words in said)
    assert any("yen are left" in words for words in said)
