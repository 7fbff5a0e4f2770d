"""Let a new colleague into the secretariat where only one person is in it. Ask the organisation, not only who invited."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from kernel.errors import Refused
from people.approve_invitation import approve_as_operator
from people.invite import open_invitations
from programs.models import Program, Role
from programs.scoping import acting_in


class Command(BaseCommand):
    """See the module."""

    help = "Approve an invitation to the secretariat, where no second person is there to do it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and who says yes."""
        parser.add_argument("program", help="the program's slug")
        parser.add_argument("email", help="the invited address")
        parser.add_argument("--operator", required=True, help="your name; it stands in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says whom it let in, and who invited them."""
        program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"There is no program {options['program']}.")
        operator = options["operator"].strip()
        if not 1 <= len(operator) <= 80:
            raise CommandError("--operator is a name of 1 to 80 characters.")
        address = options["email"].strip().lower()
        with acting_in(program.pk), override("en"):
            waiting = open_invitations(email=address, role=Role.OFFICE).first()
            if waiting is None:
                raise CommandError(f"No invitation of {address} to the secretariat is open.")
            try:
                let_in = approve_as_operator(invitation_id=waiting.pk, operator=operator)
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
            self.stdout.write(
                f"{let_in.email}, invited by {let_in.invited_by.user.email}: the link is on its way."
            )
