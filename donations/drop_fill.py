"""Say that nothing goes into the loss reserve for now: asked for wrongly, twice, or not agreed to."""

from django.db import transaction

from audit.record import record
from donations.errors import FillDecided, ReasonNeeded
from donations.fill_reserve import held_fill
from donations.models import ReserveFill
from donations.rules import may_fill_reserve
from kernel.clock import now
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def drop_fill(*, fill: ReserveFill, words: str, actor: Membership) -> ReserveFill:
    """No money moves. Who asked may take it back as well. A repeat is the same as once.

    Raises NotAllowed, ReasonNeeded, FillDecided when the money was moved; nothing is written then.
    """
    require(may_fill_reserve(actor))
    fill = held_fill(fill)
    if fill.state == ReserveFill.State.DROPPED:
        return fill
    if fill.state != ReserveFill.State.WAITING:
        raise FillDecided
    if not words.strip():
        raise ReasonNeeded
    fill.state, fill.words = ReserveFill.State.DROPPED, words.strip()
    fill.decided_by, fill.decided_at = actor, now()
    fill.save(update_fields=["state", "words", "decided_by", "decided_at"])
    record("reserve_fill.dropped", actor=actor, subject=fill.source)
    return fill
