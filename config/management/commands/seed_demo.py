"""Build the demonstration's two programs, each whole or not at all; a second run changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo_data import fukuoka, shibuya
from config.demo_data.after_gifts import refund_and_dispute
from config.demo_data.monthly import begin_monthly
from config.demo_data.promises import begin_promises
from config.demo_data.receipts import issue_first_receipts
from config.demo_data.standin import register_webhook
from kernel.clock import now
from outbox.models import Message
from programs.models import Program
from programs.scoping import acting_in

BUILDERS = {"shibuya": shibuya.seed, "fukuoka": fukuoka.seed}
PROGRAMS = {
    "shibuya": {
        "name": "渋谷",
        "name_en": "Shibuya",
        "municipality_code": "131130",
        "help_phone": "03-0000-0000",
        "help_hours": "10:00〜18:00",
    },
    "fukuoka": {
        "name": "福岡",
        "name_en": "Fukuoka",
        "municipality_code": "401307",
        "help_phone": "092-000-0000",
        "help_hours": "9:00〜17:30",
    },
}


class Command(BaseCommand):
    """See the module."""

    help = "Build the demonstration's programs 渋谷 and 福岡 with made-up people."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside the demonstration: these people can be signed in as by a link."""
        if not settings.DEMO and not settings.TESTING:
            raise CommandError("seed_demo is for the demonstration: set DEMO=1 on a loopback host.")
        for slug, facts in PROGRAMS.items():
            program = Program.objects.filter(slug=slug).first() or Program(slug=slug)
            if program.pk is None:
                self.stdout.write(f"  {facts['name']} ...")
                build(program, facts)
            register_webhook(program)
            begin_monthly(program)
            issue_first_receipts(program)
            refund_and_dispute(program)
            begin_promises(program)


def build(program: Program, facts: dict[str, str]) -> None:
    """One program in one transaction. Nobody is told of a made-up past: its messages are done already."""
    for name, value in facts.items():
        setattr(program, name, value)
    program.is_demonstration = True
    with acting_in(None):
        program.save(force_insert=True)
        with acting_in(program.pk):
            BUILDERS[program.slug](program)
            Message.objects.filter(done_at__isnull=True).update(done_at=now())
