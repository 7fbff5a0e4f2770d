"""Name an organisation that receives gifts, or give it other Stripe keys. Keys come from files, never from the command line."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.record import record
from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.models import Organisation
from programs.models import Membership, Program, Role
from programs.scoping import acting_in


class Command(BaseCommand):
    """See the module."""

    help = "Name an organisation that receives gifts, or give it other Stripe keys (STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Run twice: Stripe gives out the webhook's secret only once it knows the webhook's address."""
        parser.add_argument("program", help="the program's slug")
        parser.add_argument(
            "name", help="the organisation's name as donors read it; the same name again: new keys"
        )
        parser.add_argument(
            "--office", required=True, help="e-mail address of the person of the secretariat who asks"
        )
        parser.add_argument("--legal-form", default="")
        parser.add_argument("--address", default="")
        parser.add_argument(
            "--agreement", type=Path, metavar="FILE", help="what a donor agrees to, plain paragraphs"
        )
        parser.add_argument("--agreement-version", default="1")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says the webhook's address."""
        program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"There is no program {options['program']}.")
        if not settings.STRIPE_SECRET_KEY:
            raise CommandError("STRIPE_SECRET_KEY_FILE must name a file with the organisation's Stripe key.")
        with acting_in(program.pk):
            actor = Membership.objects.filter(user__email=options["office"].lower(), role=Role.OFFICE).first()
            if actor is None:
                raise CommandError(f"{options['office']} is nobody of this program's secretariat.")
            organisation = named(options, actor)
        self.stdout.write(f"{settings.PUBLIC_URL}/{program.slug}/webhooks/stripe/{organisation.endpoint}/")
        if not settings.STRIPE_WEBHOOK_SECRET:
            self.stdout.write(
                "Give Stripe this address, then run this again with STRIPE_WEBHOOK_SECRET_FILE."
            )


@transaction.atomic
def named(options: dict[str, Any], actor: Membership) -> Organisation:
    """The organisation of that name, with the keys of the settings."""
    secrets = StripeSecrets(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET)
    known: Organisation | None = (
        Organisation.objects.select_for_update(of=("self",)).filter(name=options["name"]).first()
    )
    if known is not None:
        known.seal_stripe(key=secrets.key, webhook_secret=secrets.webhook_secret)
        known.save()
        record(
            "organisation.keys_changed",
            actor=actor,
            subject=f"organisation:{known.pk}",
            is_live=known.is_live,
        )
        return known
    if options["agreement"] is None:
        raise CommandError("A new organisation needs --agreement FILE.")
    return add_organisation(
        name=options["name"],
        legal_form=options["legal_form"],
        address=options["address"],
        agreement=Agreement(
            version=options["agreement_version"], text=options["agreement"].read_text().strip()
        ),
        secrets=secrets,
        actor=actor,
    )
