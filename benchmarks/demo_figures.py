"""The demonstration's 渋谷 (731 gifts) with an open campaign of its own, made through the product's own verbs.

    python -m benchmarks.demo_figures

Runs with the product's settings in the environment; prints one JSON line for the bench. The campaign of 731
gifts is over in the demonstration; here it is open, so that its page has the form, which is the dearer page.
"""

import json
from datetime import timedelta

import django

WAITING_GIFTS = 100  # begun and unpaid: what the webhooks of a burst are about


def main() -> None:
    """Fill an empty database."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  after the set-up

    from donations.give import Donor, give  # noqa: PLC0415
    from donations.models import Campaign, Organisation  # noqa: PLC0415
    from kernel.clock import today  # noqa: PLC0415
    from programs.models import Program  # noqa: PLC0415
    from programs.scoping import acting_in  # noqa: PLC0415

    call_command("seed_demo", verbosity=0)
    program = Program.objects.get(slug="shibuya")
    with acting_in(program.pk):
        campaign = Campaign.objects.order_by("id")[0]
        Campaign.objects.filter(pk=campaign.pk).update(
            state="open", closed_at=None, last_day=today() + timedelta(days=30)
        )
        campaign.refresh_from_db()
        organisation = Organisation.objects.get()
        gifts = [
            give(
                campaign=campaign,
                amount_yen=1_000,
                donor=Donor(email=f"burst{n}@bench.example", agreement_version=organisation.agreement_version),
                request_key=_key(n),
            )
            for n in range(WAITING_GIFTS)
        ]
    print(
        json.dumps(
            {
                "program": program.slug,
                "program_id": program.pk,
                "campaign": campaign.pk,
                "endpoint": str(organisation.endpoint),
                "secret": organisation.webhook_secret,
                "gifts": [str(gift.reference) for gift in gifts],
            }
        )
    )


def _key(number: int) -> "object":
    from uuid import UUID  # noqa: PLC0415

    return UUID(int=number + 1)


if __name__ == "__main__":
    main()
