"""The secretariat lets a school in, or back in after a suspension."""

from datetime import date

from django.db import transaction

from audit.record import record
from ledger.accounts import open_account
from ledger.models import Kind
from partners.errors import AlreadyDecided
from partners.models import Provider
from partners.rules import may_decide_on_schools
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def approve(*, provider: Provider, until: date, actor: Membership) -> Provider:
    """Approved until that day, inclusive. The first approval opens the school's payable account.

    Raises AlreadyDecided for a school that is approved until that very day.
    """
    require(may_decide_on_schools(actor))
    held: Provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider.pk)
    if held.state == Provider.State.APPROVED and held.approved_until == until:
        raise AlreadyDecided
    if held.payable_id is None:
        held.payable = open_account(kind=Kind.PAYABLE, label=held.name)
    held.state = Provider.State.APPROVED
    held.approved_until = until
    held.save(update_fields=["payable", "state", "approved_until"])
    record("provider.approved", actor=actor, subject=f"provider:{held.pk}", until=until.isoformat())
    return held
