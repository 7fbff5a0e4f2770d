"""Prove the books of every program; exit 1 on a violation."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

import coupons.books
import donations.books
import partners.books
from ledger.verify import transfer_totals, verify
from programs.models import Program
from programs.scoping import acting_in

CLAIMS = [*donations.books.CLAIMS, *coupons.books.CLAIMS]
MORE = [*donations.books.MORE, *coupons.books.MORE, *partners.books.MORE]


def books_of(program: Program) -> tuple[dict[str, Any], list[str]]:
    """The totals of one program, and what is wrong with its books."""
    with acting_in(program.pk):
        said = verify(CLAIMS, MORE)
        totals = {**donations.books.totals(), **coupons.books.totals(), **transfer_totals()}
    return {"name": program.name, "slug": program.slug, **totals, "violations": len(said)}, said


class Command(BaseCommand):
    """See the module."""

    help = "Prove the books: stored balances, each event's transfers, the other way round."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json prints one object."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction per program; nothing sees all at once."""
        answers = [books_of(program) for program in Program.objects.order_by("slug")]
        said = [f"{totals['name']}: {words}" for totals, found in answers for words in found]
        if options["json"]:
            body = {
                "violations": len(said),
                "offenders": said[:50],
                "programs": [totals for totals, _ in answers],
            }
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            for totals, _ in answers:
                self.stdout.write(", ".join(f"{name} {value}" for name, value in totals.items()))
            for words in said:
                self.stdout.write(words)
        if said:
            raise SystemExit(1)
