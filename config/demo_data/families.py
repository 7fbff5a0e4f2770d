"""Made-up families: their applications, coupons' use month by month."""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from config.demo_data.cast import is_past
from config.demo_data.people import MadeUpChild
from coupons.models import Coupon
from coupons.redeem import Place, Spend, redeem
from families.apply import ChildFacts, GuardianFacts, apply
from families.approve import approve
from families.models import Application, Guardian, Household
from kernel.clock import JAPAN, as_of
from partners.models import Classroom, Provider
from programs.models import Membership, ProgramYear

KEYS = UUID("0e3a7a60-36a8-4a39-9d7f-0d9f2f5f6c11")


def apply_and_approve(
    children: list[MadeUpChild],
    *,
    year: ProgramYear,
    office: Membership,
    is_approved: bool = True,
    siblings: bool = False,
) -> list[Application]:
    """An application for each child; with `siblings` every second child joins the household before it."""
    made: list[Application] = []
    for number, child in enumerate(children):
        joins = made[-1].child.household if siblings and number % 2 else None
        application = apply(
            household=joins,
            guardian=None if joins else GuardianFacts(name=f"{child.family} {child.parent}"),
            child=ChildFacts(
                name=f"{child.family} {child.given}",
                kana=f"{child.family_kana} {child.given_kana}",
                nickname=child.nickname,
                birth_date=child.born,
            ),
            year=year,
            actor=office,
        )
        made.append(approve(application=application, actor=office) if is_approved else application)
    return made


def give_guardian(household: Household, person: Membership) -> None:
    """This person sees the household's children."""
    Guardian.objects.filter(household=household).update(membership=person)


def spend_month_by_month(
    approved: list[Application],
    providers: list[Provider],
    *,
    year: ProgramYear,
    seed: int,
    active: int,
    monthly_yen: tuple[int, int],
) -> None:
    """`active` children go to a classroom of their choice and pay once a month until yesterday.

    The first children begin in April; all of the active have begun by July, as was published.
    """
    chance = random.Random(seed)
    rooms = list(
        Classroom.objects.filter(provider__in=providers).select_related("provider__payable").order_by("id")
    )
    staff = Membership.objects.filter(role="counter").order_by("id")[0]
    coupons = {c.child_id: c for c in Coupon.objects.filter(year=year)}
    lowest, highest = monthly_yen
    for number, application in enumerate(approved[:active]):
        coupon = coupons[application.child_id]
        room = rooms[chance.randrange(len(rooms))]
        if number < 2:
            room = rooms[0]  # the demonstration's counter knows these
        fee_yen = chance.randrange(lowest, highest + 1, 500)
        first = date(year.year, 4, 3 + chance.randrange(20)) + timedelta(days=30 * min(number // 14, 3))
        _spend(coupon, room, staff, first, fee_yen)


def _spend(coupon: Coupon, room: Classroom, staff: Membership, first: date, fee_yen: int) -> None:
    payee = room.provider.payable
    if payee is None:
        raise RuntimeError(f"{room.provider} is not approved yet")
    left, day, number = coupon.face_yen, first, 0
    while is_past(day) and day <= coupon.last_day and left > 0:
        amount_yen = min(fee_yen, left)
        with as_of(datetime.combine(day, time(16 + coupon.pk % 5, amount_yen // 500 % 60), tzinfo=JAPAN)):
            redeem(
                code=coupon.code,
                spend=Spend(
                    amount_yen=amount_yen,
                    category="entry" if number == 0 and fee_yen % 1_000 == 0 else "tuition",
                    request_key=uuid5(KEYS, f"{coupon.pk} {number}"),
                ),
                at=Place(payee=payee, place_id=room.pk, device_id=None),
                actor=staff,
            )
        left, day, number = left - amount_yen, day + timedelta(days=30), number + 1
