"""Say that a gift noted by hand is not booked: noted wrongly, twice, or the money is not there."""

from django.db import transaction

from audit.record import record
from donations.errors import AlreadyDecided
from donations.models import OfflineGift
from donations.rules import may_handle_money
from kernel.clock import now
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def reject_offline_gift(*, gift: OfflineGift, reason: str, actor: Membership) -> OfflineGift:
    """No money moves. Who noted it may take it back as well. A repeat is the same as once.

    Raises NotAllowed, AlreadyDecided when it was booked; nothing is written then.
    """
    require(may_handle_money(actor))
    noted: OfflineGift = OfflineGift.objects.select_for_update(of=("self",)).get(pk=gift.pk)
    if noted.state == OfflineGift.State.REJECTED:
        return noted
    if noted.state != OfflineGift.State.WAITING:
        raise AlreadyDecided
    noted.state, noted.reason = OfflineGift.State.REJECTED, reason
    noted.decided_by, noted.decided_at = actor, now()
    noted.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record("offline_gift.rejected", actor=actor, subject=str(noted))
    return noted
