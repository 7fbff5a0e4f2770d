"""Begin a program: its row, its first year, and the first person of its secretariat, who invites all others."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import override

from audit.record import record
from kernel.errors import Refused
from programs.create_program import NewProgram, create_program
from programs.scoping import acting_in


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
        new = NewProgram(
            slug=options["slug"],
            name=options["name"],
            name_en=options["name_en"],
            municipality_code=options["municipality"],
            fiscal_year=options["year"],
            face_yen=options["face_yen"],
            is_prorated=options["prorated"],
        )
        with override("en"):  # a command speaks as its help does
            try:
                begin(new, address)
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Begun. {address} now chooses a password of 15 characters or more at\n"
            f"{settings.PUBLIC_URL}/accounts/password/reset/\n"
            f"then signs in with it, sets up an authenticator app, and invites the others."
        )


@transaction.atomic
def begin(new: NewProgram, address: str) -> None:
    """The program, and the first line of its trail."""
    office = create_program(new=new, office_email=address)
    with acting_in(office.program_id):
        record("program.begun", actor=None, subject=f"program:{office.program_id}", office=office.pk)
