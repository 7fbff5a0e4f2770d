"""Made-up families: their applications, coupons' use month by month."""

import random
from dataclasses import dataclass
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
    rooms = list(Classroom.objects.filter(provider__in=providers).order_by("id"))
    staff = Membership.objects.filter(role="counter").earliest("id")
    coupons = {c.child_id: c for c in Coupon.objects.filter(year=year)}
    lowest, highest = monthly_yen
    planned: list[Planned] = []
    for number, application in enumerate(approved[:active]):
        coupon = coupons[application.child_id]
        room = rooms[chance.randrange(len(rooms))]
        if number < 2:
            room = rooms[0]  # the demonstration's counter knows these
        fee_yen = chance.randrange(lowest, highest + 1, 500)
        first = date(year.year, 4, 3 + chance.randrange(20)) + timedelta(days=30 * min(number // 14, 3))
        planned += _plan(coupon, room, first, fee_yen)
    accounts = {provider.pk: provider.payable for provider in providers if provider.payable}
    for one in sorted(planned, key=lambda one: one.at):  # as it was: lists go by the order of the books
        with as_of(one.at):
            redeem(
                code=one.coupon.code,
                spend=one.spend,
                at=Place(payee=accounts[one.room.provider_id], place_id=one.room.pk, device_id=None),
                actor=staff,
            )


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One use that is going to be booked."""

    at: datetime
    coupon: Coupon
    room: Classroom
    spend: Spend


def _plan(coupon: Coupon, room: Classroom, first: date, fee_yen: int) -> list[Planned]:
    """A use every thirty days from `first` until yesterday, as long as there is money."""
    left, day = coupon.face_yen, first
    planned: list[Planned] = []
    while is_past(day) and day <= coupon.last_day and left > 0:
        amount_yen, number = min(fee_yen, left), len(planned)
        moment = time(16 + coupon.pk % 5, amount_yen // 500 % 60)
        spend = Spend(
            amount_yen=amount_yen,
            category="entry" if number == 0 and fee_yen % 1_000 == 0 else "tuition",
            request_key=uuid5(KEYS, f"{coupon.pk} {number}"),
        )
        at = datetime.combine(day, moment, tzinfo=JAPAN)
        planned.append(Planned(at=at, coupon=coupon, room=room, spend=spend))
        left, day = left - amount_yen, day + timedelta(days=30)
    return planned
