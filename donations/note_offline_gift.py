"""Note a gift that came by hand: cash, a city's hometown tax, post or bank. A second person books it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import CampaignIsDraft, DayInTheFuture, FormKeyUsed, TakesOnlyCards
from donations.models import Campaign, OfflineGift
from donations.rules import may_handle_money
from donations.statement import OLDEST
from kernel.clock import today
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class HandedOver:
    """What came, when, how, and from whom if they said so."""

    amount_yen: int
    received_on: date
    way: str  # one of Donation.BY_HAND
    donor_name: str = ""
    email: str = ""
    reference: str = ""  # cash book page, bank line, the city's letter


@transaction.atomic
def note_offline_gift(
    *, campaign: Campaign, gift: HandedOver, request_key: UUID, actor: Membership
) -> OfflineGift:
    """Write down what came. No money moves until another person has approved it.

    A repeat of the key returns the first. A closed campaign still takes what came for it.
    Raises NotAllowed, CampaignIsDraft, TakesOnlyCards, DayInTheFuture, FormKeyUsed; nothing is written then.
    """
    require(may_handle_money(actor))
    campaign = Campaign.objects.get(pk=campaign.pk)
    if campaign.fund_id is None:
        raise CampaignIsDraft
    if campaign.is_all_or_nothing:
        raise TakesOnlyCards
    if not today() - OLDEST <= gift.received_on <= today():
        raise DayInTheFuture
    wanted = {
        "campaign": campaign,
        "amount_yen": gift.amount_yen,
        "received_on": gift.received_on,
        "way": gift.way,
        "donor_name": gift.donor_name,
        "email": gift.email.lower(),
        "reference": gift.reference,
    }
    noted: OfflineGift
    noted, is_new = OfflineGift.objects.get_or_create(
        request_key=request_key, defaults={**wanted, "noted_by": actor}
    )
    if not is_new:
        if any(getattr(noted, name) != value for name, value in wanted.items()):
            raise FormKeyUsed
        return noted
    record("offline_gift.noted", actor=actor, subject=str(noted), amount_yen=noted.amount_yen, way=noted.way)
    return noted
