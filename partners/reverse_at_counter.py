"""The counter takes back its last use, on the same day."""

from django.db import transaction

from coupons.models import Reversal
from coupons.reverse import reverse
from partners.errors import NothingToUndo
from partners.queries import Counter, last_undoable
from partners.rules import may_work_at
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def reverse_at_counter(*, counter: Counter, redemption_id: int, actor: Membership) -> Reversal:
    """Undo the newest use of today on this device, when it is still the one that the screen showed.

    A suspended school may still give money back.
    Raises NotAllowed, NothingToUndo (a second tap must not take back the use before), AlreadyReversed.
    """
    require(may_work_at(actor, counter))
    use = last_undoable(counter.classroom.provider, counter.device) if counter.device else None
    if use is None or use.pk != redemption_id:
        raise NothingToUndo
    return reverse(redemption=use, actor=actor)
