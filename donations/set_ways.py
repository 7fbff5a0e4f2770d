"""Say which ways to pay an organisation offers beside cards."""

from collections.abc import Collection

from django.db import transaction

from audit.record import record
from donations.models import Donation, Organisation
from donations.rules import may_run_campaigns
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def set_ways(*, organisation: Organisation, ways: Collection[str], actor: Membership) -> Organisation:
    """Switch on what is switched on in its account at Stripe; all else off. Cards are always taken.

    Gifts that were begun in a way go on in it. Raises NotAllowed; nothing is written then.
    """
    require(may_run_campaigns(actor))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    organisation.takes_konbini = Donation.Method.KONBINI in ways
    organisation.takes_bank_transfer = Donation.Method.BANK_TRANSFER in ways
    organisation.takes_paypay = Donation.Method.PAYPAY in ways
    organisation.save(update_fields=["takes_konbini", "takes_bank_transfer", "takes_paypay"])
    record("organisation.ways_set", actor=actor, subject=f"organisation:{organisation.pk}", ways=sorted(ways))
    return organisation
