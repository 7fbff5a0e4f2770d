"""Begin a program: its row, its first year, and the first person of its secretariat, who invites all others."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from audit.record import record
from kernel.municipality import is_municipality_code
from programs.models import Membership, Program, ProgramYear, Role, User
from programs.scoping import acting_in

# First words of addresses that are for all programs (config/urls.py).
TAKEN = {"accounts", "demo", "healthz", "language", "second-factor", "start", "static"}


class Command(BaseCommand):
    """See the module."""

    help = "Begin a program: its first year and the first person of its secretariat."

    def add_arguments(self, parser: CommandParser) -> None:
        """What a program cannot be without."""
        parser.add_argument("slug", help="stands in every address: shibuya")
        parser.add_argument("name", help="渋谷区スタディクーポン")
        parser.add_argument("--name-en", default="", help="the English name")
        parser.add_argument("--municipality", required=True, help="全国地方公共団体コード, six digits")
        parser.add_argument(
            "--year", type=int, required=True, help="fiscal year: 2026 is April 2026 to March 2027"
        )
        parser.add_argument(
            "--face-yen", type=int, required=True, help="a full year's coupon of one child, in yen"
        )
        parser.add_argument("--prorated", action="store_true", help="by calendar months left when issued")
        parser.add_argument(
            "--office", required=True, help="e-mail address of the secretariat's first person"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing."""
        address = options["office"].strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address} is no e-mail address.") from None
        if not is_municipality_code(options["municipality"]):
            raise CommandError(
                f"{options['municipality']} is no municipality's code: its check digit does not fit."
            )
        if options["slug"] in TAKEN:
            raise CommandError(f"/{options['slug']}/ is an address for all programs; choose another word.")
        if Program.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"There is a program {options['slug']} already; nothing was changed.")
        with transaction.atomic():
            begin(address, options)
        self.stdout.write(
            f"Begun. {address} now chooses a password of 15 characters or more at\n"
            f"{settings.PUBLIC_URL}/accounts/password/reset/\n"
            f"then signs in with it, sets up an authenticator app, and invites the others."
        )


def begin(address: str, options: dict[str, Any]) -> None:
    """The rows."""
    program = Program(slug=options["slug"], name=options["name"], name_en=options["name_en"])
    program.municipality_code = options["municipality"]
    program.full_clean()
    program.save()
    user = User.objects.filter(email=address).first() or User.objects.create_user(address)
    with acting_in(program.pk, user_id=user.pk):
        year = options["year"]
        ProgramYear.objects.create(
            year=year,
            first_day=date(year, 4, 1),
            last_day=date(year + 1, 3, 31),
            face_yen=options["face_yen"],
            is_prorated=options["prorated"],
        )
        office = Membership.objects.create(user=user, role=Role.OFFICE)
        record("program.begun", actor=None, subject=f"program:{program.pk}", office=office.pk)
