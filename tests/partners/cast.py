"""The people and things of these tests: a school with a counter, a tablet, a till system, and coupons."""

from dataclasses import dataclass
from datetime import date

from coupons.models import Coupon
from families.models import Child, ChildKey, Household
from families.sealed import new_wrapped_key
from kernel.clock import now
from kernel.codes import new_code
from ledger.accounts import open_account, the_account
from ledger.models import Kind
from ledger.post import post
from partners.add_device import add_device
from partners.add_staff import add_staff
from partners.apply import apply
from partners.approve import approve
from partners.enrol_device import enrol_device
from partners.models import Classroom, Course, Device, Provider
from partners.queries import Counter, counter_at
from programs.models import Membership, Program, ProgramYear, Role
from tests.conftest import LAST_DAY, member


@dataclass(frozen=True, kw_only=True)
class School:
    """One school, made by its verbs."""

    program: Program
    office: Membership
    owner: Membership
    clerk: Membership
    provider: Provider
    classroom: Classroom
    tablet: Device
    tablet_token: str
    system: Device
    system_token: str

    @property
    def counter(self) -> Counter:
        """The counter as the clerk finds it on the tablet."""
        found = counter_at(self.classroom.pk, token=self.tablet_token, actor=self.clerk)
        assert found is not None
        return found


def open_school(program: Program, name: str = "まなびの森", until: date = LAST_DAY) -> School:
    """Applied, approved, one classroom, one tablet, one till system, one clerk. Needs the program's scope."""
    office = Membership.objects.filter(role=Role.OFFICE).first() or member(program, Role.OFFICE)
    owner = member(program, Role.PROVIDER_ADMIN, f"owner@{name}.example")
    clerk = member(program, Role.COUNTER, f"clerk@{name}.example")
    provider = apply(name=name, kind="juku", classroom=f"{name} 本校", area="渋谷", actor=owner)
    provider = approve(provider=provider, until=until, actor=office)
    classroom = provider.classrooms.get()
    Course.objects.create(provider=provider, name="月謝", fee_yen=12_000)
    add_staff(classroom=classroom, person=clerk, actor=owner)
    tablet, tablet_token = enrolled(classroom, Device.Kind.SCREEN, owner)
    system, system_token = enrolled(classroom, Device.Kind.SYSTEM, owner)
    return School(
        program=program,
        office=office,
        owner=owner,
        clerk=clerk,
        provider=provider,
        classroom=classroom,
        tablet=tablet,
        tablet_token=tablet_token,
        system=system,
        system_token=system_token,
    )


def enrolled(classroom: Classroom, kind: Device.Kind, owner: Membership) -> tuple[Device, str]:
    """A device of that kind with its token."""
    added = add_device(classroom=classroom, label=f"{kind} 1", kind=kind, actor=owner)
    device = enrol_device(code=added.code, kind=kind)
    return device.device, device.token


def a_coupon(program: Program, *, yen: int, nickname: str = "はる", last_day: date = LAST_DAY) -> Coupon:
    """A coupon of a new child with `yen` on it, paid from a gift. Needs the program's scope."""
    office = Membership.objects.filter(role=Role.OFFICE).first() or member(program, Role.OFFICE)
    key = ChildKey.objects.create(wrapped=new_wrapped_key())
    child = Child(household=Household.objects.create(), key=key)
    child.name, child.kana, child.nickname, child.born = "山田 春", "ヤマダ ハル", nickname, "2013-04-02"
    child.save()
    fund = the_account(Kind.FUND, "fund")
    account = open_account(kind=Kind.COUPON, label="coupon")
    post(debit=the_account(Kind.BANK, "bank"), credit=fund, amount_yen=yen, source=f"test-gift:{account.pk}")
    post(debit=fund, credit=account, amount_yen=yen, source=f"test-issue:{account.pk}")
    return Coupon.objects.create(
        child=child,
        year=ProgramYear.objects.get(year=2026),
        account=account,
        fund=fund,
        code=new_code(),
        face_yen=yen,
        first_day=date(2026, 4, 1),
        last_day=last_day,
        issued_at=now(),
        issued_by=office,
    )
