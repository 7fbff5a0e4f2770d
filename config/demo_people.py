"""Who can be signed in as in the demonstration, for its table and for bin/shots."""

from dataclasses import dataclass

from django.db.models import F

from config.demo_pages import sign_in_path
from config.pages import HOME_OF
from families.models import Guardian
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

ROLES = (Role.DONOR, Role.GUARDIAN, Role.COUNTER, Role.PROVIDER_ADMIN, Role.CITY, Role.OFFICE)


@dataclass(frozen=True)
class Person:
    """One row of the table: a kind of user, who, and the link that signs in as them."""

    key: str  # "shibuya-office"
    kind: str
    name: str
    path: str


def people_of(program: Program) -> list[Person]:
    """One person of each role that someone holds in the program."""
    found = []
    with acting_in(program.pk):
        for role in ROLES:
            member = _someone(role)
            if member is not None:
                path = sign_in_path(member.user, f"/{program.slug}/{HOME_OF[role]}/")
                found.append(Person(f"{program.slug}-{role}", str(role.label), str(member.user), path))
    return found


def second_of_office(program: Program) -> Person | None:
    """The other one of the secretariat: what needs two people cannot be tried out by one."""
    with acting_in(program.pk):
        members = Membership.objects.filter(role=Role.OFFICE, is_active=True).select_related("user")
        for member in members.order_by("id")[1:2]:
            path = sign_in_path(member.user, f"/{program.slug}/{HOME_OF[Role.OFFICE]}/")
            kind = f"{Role.OFFICE.label} (2)"
            return Person(f"{program.slug}-office-2", kind, str(member.user), path)
    return None


def _someone(role: Role) -> Membership | None:
    """The first active member; of families one with children who have a coupon."""
    members = Membership.objects.filter(role=role, is_active=True).select_related("user").order_by("id")
    if role == Role.GUARDIAN:
        with_coupon = Guardian.objects.filter(household__children__coupons__isnull=False)
        members = members.filter(pk__in=with_coupon.values(member_id=F("membership"))) or members
    first: Membership | None = members.first()
    return first
