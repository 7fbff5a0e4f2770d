"""The data of the benches of giving: the demonstration's 渋谷 with its 731 gifts, in an empty database.

The campaign of 731 gifts is over in the demonstration; here it is open, so that its page has the form, which is
the dearer page. `prepared` starts `python -m benchmarks.gifts` with the product's settings in its environment.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from benchmarks.servers import ROOT

WAITING_GIFTS = 100  # begun and unpaid: what the webhooks of a burst are about


@dataclass(frozen=True)
class Gifts:
    """Where things are."""

    program: str
    program_id: int
    campaign: int
    paid: int
    endpoint: str
    secret: str
    references: list[str]  # of the waiting gifts


def prepared(environment: dict[str, str]) -> Gifts:
    """Tables and rows."""
    migrate = [sys.executable, "manage.py", "migrate", "--database=migrate", "--verbosity=0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    filled = subprocess.run(
        [sys.executable, "-m", "benchmarks.gifts"],
        cwd=ROOT,
        env={**environment, "DEMO": "1"},  # the made-up people are refused anywhere else
        check=True,
        capture_output=True,
        text=True,
    )
    return Gifts(**json.loads(filled.stdout.splitlines()[-1]))


def fill() -> Gifts:
    """Through the product's own verbs. Django is set up."""
    from django.core.management import call_command  # noqa: PLC0415  only after the set-up

    from donations.give import Donor, give  # noqa: PLC0415
    from donations.models import Campaign, Donation, Organisation  # noqa: PLC0415
    from kernel.clock import today  # noqa: PLC0415
    from programs.models import Program  # noqa: PLC0415
    from programs.scoping import acting_in  # noqa: PLC0415

    call_command("seed_demo", verbosity=0)
    program = Program.objects.get(slug="shibuya")
    with acting_in(program.pk):
        campaign = Campaign.objects.order_by("id")[0]
        campaign.state, campaign.closed_at = Campaign.State.OPEN, None
        campaign.last_day = today() + timedelta(days=30)
        campaign.save()
        organisation = Organisation.objects.get()
        begun = [
            give(
                campaign=campaign,
                amount_yen=1_000,
                donor=Donor(
                    email=f"burst{n}@bench.example", agreement_version=organisation.agreement_version
                ),
                request_key=UUID(int=n + 1),
            )
            for n in range(WAITING_GIFTS)
        ]
        return Gifts(
            program=program.slug,
            program_id=program.pk,
            campaign=campaign.pk,
            paid=Donation.objects.filter(campaign=campaign, state=Donation.State.PAID).count(),
            endpoint=str(organisation.endpoint),
            secret=organisation.webhook_secret,
            references=[str(gift.reference) for gift in begun],
        )


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(fill())))
