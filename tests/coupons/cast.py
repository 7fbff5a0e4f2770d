"""The cast of coupon tests: a fund with money, children with approved applications, a school's account.

Plain functions, so that threads, worker processes and other floors' tests may use them too.
"""

from datetime import date
from uuid import UUID, uuid4

from coupons.models import Category, Coupon
from coupons.redeem import Place, Redeemed, Spend, redeem
from families.models import Application, Child, ChildKey, Household
from families.sealed import new_wrapped_key
from kernel.clock import now
from kernel.codes import new_code
from ledger.accounts import open_account, the_account
from ledger.models import Account, Kind
from ledger.post import post
from programs.models import Membership, ProgramYear


def a_fund(holds_yen: int, label: str = "fund") -> Account:
    """A fund with that much money in it, come in through the bank."""
    fund = open_account(kind=Kind.FUND, label=label)
    if holds_yen:
        bank = the_account(Kind.BANK, "bank")
        post(debit=bank, credit=fund, amount_yen=holds_yen, source=f"grant:{fund.pk}")
    return fund


def a_child(nickname: str = "あおい") -> Child:
    """A child of a household of its own, in the fourth grade."""
    key = ChildKey.objects.create(wrapped=new_wrapped_key())
    child = Child(household=Household.objects.create(), key=key)
    child.name, child.kana, child.nickname, child.born = "青井 葵", "アオイ アオイ", nickname, "2016-05-01"
    child.save()
    return child


def an_application(
    year: ProgramYear, office: Membership, *, state: str = "approved", nickname: str = "あおい"
) -> Application:
    """An application, approved by the office unless told otherwise."""
    is_decided = state != "applied"
    return Application.objects.create(
        child=a_child(nickname),
        year=year,
        state=state,
        grade_number=4,
        applied_at=now(),
        decided_at=now() if is_decided else None,
        decided_by=office if is_decided else None,
    )


def a_coupon(
    year: ProgramYear,
    office: Membership,
    *,
    face_yen: int = 10_000,
    last_day: date | None = None,
    state: str = "active",
) -> Coupon:
    """A coupon with its money on it, made by hand so that its face and last day may be anything."""
    fund = a_fund(face_yen, label=f"fund {uuid4()}")
    account = open_account(kind=Kind.COUPON, label="coupon")
    coupon = Coupon.objects.create(
        child=an_application(year, office).child,
        year=year,
        account=account,
        fund=fund,
        code=new_code(),
        face_yen=face_yen,
        first_day=min(year.first_day, last_day or year.first_day),
        last_day=last_day or year.last_day,
        state=state,
        issued_at=now(),
        issued_by=office,
    )
    post(debit=fund, credit=account, amount_yen=face_yen, source=f"coupon:{coupon.pk}")
    return coupon


def a_school() -> Account:
    """What is owed to one school."""
    return open_account(kind=Kind.PAYABLE, label="school")


def spend(
    coupon: Coupon,
    amount_yen: int,
    *,
    payee: Account,
    actor: Membership,
    key: UUID | None = None,
    place_id: int = 1,
    category: str = Category.TUITION,
    on: date | None = None,
) -> Redeemed:
    """Take `amount_yen` at a school's counter."""
    return redeem(
        code=coupon.code,
        spend=Spend(amount_yen=amount_yen, category=category, request_key=key or uuid4()),
        at=Place(payee=payee, place_id=place_id, device_id=7),
        actor=actor,
        on=on,
    )
