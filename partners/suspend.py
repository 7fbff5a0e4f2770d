"""The secretariat stops a school. What it has earned stays owed to it."""

from django.db import transaction

from audit.record import record
from partners.errors import AlreadyDecided, ReasonNeeded
from partners.models import Provider
from partners.rules import may_decide_on_schools
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def suspend(*, provider: Provider, reason: str, actor: Membership) -> Provider:
    """From the next tap on, no coupon is taken at any of its counters.

    Raises ReasonNeeded, AlreadyDecided for a school that is not approved.
    """
    require(may_decide_on_schools(actor))
    held: Provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    if not reason.strip():
        raise ReasonNeeded
    if held.state != Provider.State.APPROVED:
        raise AlreadyDecided
    held.state = Provider.State.SUSPENDED
    held.save(update_fields=["state"])
    record("provider.suspended", actor=actor, subject=f"provider:{held.pk}", reason=reason.strip())
    return held
