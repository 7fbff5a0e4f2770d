"""Print who can be signed in as, and the link that does it. Only in the demonstration."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from config.pages import HOME_OF
from families.models import Guardian
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

ROLES = (Role.DONOR, Role.GUARDIAN, Role.COUNTER, Role.PROVIDER_ADMIN, Role.CITY, Role.OFFICE)
Row = tuple[str, str, str]


def rows_of(program: Program) -> list[Row]:
    """(kind of user, who, link) of each role that someone holds in the program."""
    from config.demo_pages import sign_in_path  # noqa: PLC0415 - its address exists only in the demonstration

    rows: list[Row] = [("anyone", "", f"/{program.slug}/")]
    with acting_in(program.pk):
        for role in ROLES:
            member = _someone(role)
            if member is not None:
                path = f"/{program.slug}/{HOME_OF[role]}/"
                rows.append((str(role.label), str(member.user), sign_in_path(member.user, path)))
    return rows


def _someone(role: Role) -> Membership | None:
    """The first active member; of families one with children who have a coupon."""
    members = Membership.objects.filter(role=role, is_active=True).select_related("user").order_by("id")
    if role == Role.GUARDIAN:
        with_coupon = Guardian.objects.filter(household__children__coupons__isnull=False)
        found = members.filter(pk__in=with_coupon.values(member_id=F("membership"))).first()
        return found or members.first()
    first: Membership | None = members.first()
    return first


def padded(text: str, width: int) -> str:
    """Padded to `width` columns of a terminal, where Japanese letters take two."""
    taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(width - taken, 0)


class Command(BaseCommand):
    """See the module."""

    help = "Print the demonstration's people and the links that sign in as them."

    def handle(self, *args: Any, **options: Any) -> None:
        """One block for each program."""
        if not settings.DEMO:
            raise CommandError("These links exist only in the demonstration (DEMO=1).")
        for program in Program.objects.order_by("id"):
            self.stdout.write(f"\n{program.name}")
            for kind, who, path in rows_of(program):
                self.stdout.write(f"  {padded(kind, 20)} {padded(who, 30)} {settings.PUBLIC_URL}{path}")
        self.stdout.write("\n")
        for kind, path in (
            ("mails", "/demo/mail/"),
            ("components", "/components/"),
            ("health", "/healthz/ready"),
        ):
            self.stdout.write(f"  {padded(kind, 20)} {padded('', 30)} {settings.PUBLIC_URL}{path}")
