"""Issue a coupon to one child from a fund."""

from datetime import date

from django.db import transaction

from audit.record import record
from coupons.errors import (
    AlreadyIssued,
    FundTooSmall,
    NotAFund,
    NotApproved,
    NothingLeftToGive,
    ReserveShort,
    YearOver,
)
from coupons.models import Coupon
from coupons.rules import may_issue
from coupons.use_rules import face_yen_of, newest_rules, read_rules
from families.models import Application
from kernel.clock import now, today
from kernel.codes import new_code
from ledger.accounts import open_account
from ledger.hold import hold_yen
from ledger.models import Account, Kind
from ledger.post import post
from ledger.reserve import short_yen_for
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def issue(*, application: Application, fund: Account, actor: Membership, on: date | None = None) -> Coupon:
    """Turn money of `fund` into the coupon of the child that `application` is for.

    on  the Japanese day of issue, today when left out; a pro-rated year counts its month

    Face value, last day, rules and fund are frozen on the coupon; later changes of the year do not touch it.
    Raises NotApproved, YearOver, AlreadyIssued, GradeNotOffered, NothingLeftToGive, NotAFund, FundTooSmall,
    ReserveShort; nothing is written then.
    """
    require(may_issue(actor))
    if fund.kind != Kind.FUND:
        raise NotAFund
    # The fund first: a job holds it from its first child on, and would wait for ever for an application
    # that another issue holds while that one waits for the fund.
    held_yen = hold_yen(fund.pk)
    # One application stands for one child and year, so its lock keeps two issues of both apart.
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("year")
        .get(pk=application.pk)
    )
    year = application.year
    check_issuable(application, on or today())
    rules = newest_rules(year)
    face_yen = face_yen_of(year, read_rules(rules), grade=application.grade_number, on=on or today())
    if face_yen < 1:
        raise NothingLeftToGive
    missing_yen = face_yen - held_yen
    if missing_yen > 0:
        raise FundTooSmall(missing_yen=missing_yen)
    check_reserve(fund)

    coupon: Coupon = Coupon.objects.create(
        child_id=application.child_id,
        year=year,
        account=open_account(kind=Kind.COUPON, label="coupon"),
        fund=fund,
        code=free_code(),
        face_yen=face_yen,
        first_day=year.first_day,
        last_day=year.last_day,
        rules=rules,
        issued_at=now(),
        issued_by=actor,
    )
    about = f"coupon:{coupon.pk}"
    post(debit=fund, credit=coupon.account, amount_yen=face_yen, source=about)
    record("coupon.issued", actor=actor, subject=about, face_yen=face_yen, fund_id=fund.pk)
    put("coupon_issued", about=about)
    return coupon


def check_issuable(application: Application, on: date) -> None:
    """Whether this application may get a coupon on that day, money aside."""
    if application.state != Application.State.APPROVED:
        raise NotApproved
    if on > application.year.last_day:
        raise YearOver(last_day=application.year.last_day)
    if has_coupon(application):
        raise AlreadyIssued


def check_reserve(fund: Account) -> None:
    """Whether the loss reserve lets new coupons come from this fund. Under the fund's lock, as refunds take it."""
    if short_yen := short_yen_for(fund):
        raise ReserveShort(short_yen=short_yen)


def has_coupon(application: Application) -> bool:
    """Whether the child has a coupon for that year; a cancelled one does not count."""
    held = Coupon.objects.filter(child_id=application.child_id, year_id=application.year_id)
    return bool(held.exclude(state=Coupon.State.VOID).exists())


def free_code() -> str:
    """A code that no coupon of the program has. 55 random bits: the second try is a rarity."""
    code = new_code()
    while Coupon.objects.filter(code=code).exists():
        code = new_code()
    return code
