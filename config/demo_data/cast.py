"""The people who can be signed in as, and the small things each program needs before its story."""

from datetime import date, datetime, time, timedelta

from config.demo_data.schools import MadeUpSchool
from kernel.clock import JAPAN, today
from partners.add_staff import add_staff
from partners.apply import apply as apply_as_provider
from partners.approve import approve as approve_provider
from partners.models import BankAccount, Classroom, Course, Provider, ProviderOwner
from programs.models import Membership, Program, ProgramYear, Role, User


def member(program: Program, role: Role, name: str, mailbox: str | None = None) -> Membership:
    """A person with a role; the address ends in .example, which no mail ever reaches."""
    address = f"{mailbox or role}@{program.slug}.example"
    user = User.objects.filter(email=address).first() or User.objects.create_user(address, name=name)
    made: Membership = Membership.objects.create(user=user, role=role)
    return made


def program_year(*, fiscal_year: int, face_yen: int, is_prorated: bool, eligible: int | None) -> ProgramYear:
    """1 April to 31 March."""
    made: ProgramYear = ProgramYear.objects.create(
        year=fiscal_year,
        first_day=date(fiscal_year, 4, 1),
        last_day=date(fiscal_year + 1, 3, 31),
        face_yen=face_yen,
        is_prorated=is_prorated,
        eligible_children=eligible,
    )
    return made


def open_schools(schools: list[MadeUpSchool], *, office: Membership, year: ProgramYear) -> list[Provider]:
    """Approved schools with classrooms, courses and a bank account."""
    made = []
    for school in schools:
        (first, quarter), *others = school.classrooms
        provider = apply_as_provider(
            name=school.name, kind="juku", classroom=first, area=quarter, actor=office
        )
        for name, area in others:
            Classroom.objects.create(provider=provider, name=name, area=area)
        for name, fee_yen in school.courses:
            Course.objects.create(provider=provider, name=name, fee_yen=fee_yen)
        BankAccount.objects.create(
            provider=provider,
            bank_code=school.bank_code,
            branch_code=school.branch_code,
            account_type="1",
            number=school.account_number,
            holder_kana="ｶ)ｼﾞﾂｼﾖｳﾖｳ",
            valid_from=year.first_day,
        )
        made.append(approve_provider(provider=provider, until=year.last_day, actor=office))
    return made


def staff_the_first(program: Program, provider: Provider, *, office: Membership) -> None:
    """The first school has an owner and someone at its first counter, so that their pages can be tried."""
    owner = member(program, Role.PROVIDER_ADMIN, "教室長 森")
    ProviderOwner.objects.create(provider=provider, membership=owner)
    counter = member(program, Role.COUNTER, "受付 池田")
    add_staff(classroom=provider.classrooms.order_by("id")[0], person=counter, actor=office)


def yesterday() -> date:
    """The last day that is wholly over."""
    return today() - timedelta(days=1)


def at_ten(day: date) -> datetime:
    """Ten in the morning of that Japanese day."""
    return datetime.combine(day, time(10), tzinfo=JAPAN)


def is_past(day: date) -> bool:
    """Whether that Japanese day is over."""
    return day < today()
