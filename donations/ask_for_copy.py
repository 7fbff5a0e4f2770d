"""Ask for a copy of an update by mail, to oneself, as its donors will get it."""

from django.db import transaction

from audit.record import record
from donations.models import CampaignUpdate
from donations.rules import may_run_campaigns
from outbox.models import Message
from outbox.put import put
from programs.models import Membership
from programs.rules import require

COPY = "campaign_update_copy"


@transaction.atomic
def ask_for_copy(*, update: CampaignUpdate, language: str, actor: Membership) -> Message:
    """Leave the message for one mail to the actor's own address. Nothing else happens to the update.

    Raises NotAllowed; nothing is written then.
    """
    require(may_run_campaigns(actor))
    record("campaign_update.copy_asked", actor=actor, subject=update.source)
    return put(COPY, about=update.source, update_id=update.pk, membership_id=actor.pk, language=language)
