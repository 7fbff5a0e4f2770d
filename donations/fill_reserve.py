"""Put running costs into the loss reserve, as another person asked."""

from django.db import transaction

from audit.record import record
from donations.errors import AskedYourself, FillDecided
from donations.models import ReserveFill
from donations.propose_fill import check_running_costs
from donations.rules import may_fill_reserve
from kernel.clock import now
from ledger.hold import hold_account
from ledger.post import post
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def fill_reserve(*, fill: ReserveFill, actor: Membership) -> ReserveFill:
    """The second person says yes: running costs -> loss reserve. A repeat is the same as once.

    Raises NotAllowed, AskedYourself, FillDecided when it was dropped, RunningCostsTooLow; nothing is written then.
    """
    require(may_fill_reserve(actor))
    fill = held_fill(fill)
    if fill.state == ReserveFill.State.FILLED:
        return fill
    if fill.state == ReserveFill.State.DROPPED:
        raise FillDecided
    if fill.asked_by_id == actor.pk:
        raise AskedYourself
    hold_account(fill.operating)
    check_running_costs(fill.operating, fill.amount_yen)
    fill.state, fill.decided_by, fill.decided_at = ReserveFill.State.FILLED, actor, now()
    fill.save(update_fields=["state", "decided_by", "decided_at"])
    post(debit=fill.operating, credit=fill.reserve, amount_yen=fill.amount_yen, source=fill.source)
    record("reserve_fill.filled", actor=actor, subject=fill.source, amount_yen=fill.amount_yen)
    return fill


def held_fill(fill: ReserveFill) -> ReserveFill:
    """The row, locked, with its accounts."""
    held = ReserveFill.objects.select_for_update(of=("self",)).select_related("operating", "reserve")
    found: ReserveFill = held.get(pk=fill.pk)
    return found
