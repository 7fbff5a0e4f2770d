"""Print who can be signed in as, and the link that does it. Only in the demonstration."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo_people import people_of, second_of_office
from programs.models import Program


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
            self._line("anyone", "", f"/{program.slug}/")
            for person in people_of(program):
                self._line(person.kind, person.name, person.path)
            if second := second_of_office(program):
                self._line(second.kind, second.name, second.path)
        self.stdout.write("\n")
        for kind, path in (
            ("mails", "/demo/mail/"),
            ("components", "/components/"),
            ("health", "/healthz/ready"),
        ):
            self._line(kind, "", path)

    def _line(self, kind: str, who: str, path: str) -> None:
        self.stdout.write(f"  {padded(kind, 20)} {padded(who, 30)} {settings.PUBLIC_URL}{path}")
