"""Call off a company's gift whose money has not come."""

from django.db import transaction

from audit.record import record
from donations.errors import NotAwaited
from donations.models import CompanyGift
from donations.rules import may_handle_money
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def cancel_company_gift(*, gift: CompanyGift, actor: Membership) -> CompanyGift:
    """Nothing is awaited any more. Its invoice keeps its number. A repeat is the same as once.

    Raises NotAllowed, NotAwaited when the money came; nothing is written then.
    """
    require(may_handle_money(actor))
    held: CompanyGift = CompanyGift.objects.select_for_update(of=("self",)).get(pk=gift.pk)
    if held.state == CompanyGift.State.CANCELLED:
        return held
    if not held.is_open:
        raise NotAwaited
    held.state = CompanyGift.State.CANCELLED
    held.save(update_fields=["state"])
    record("company_gift.cancelled", actor=actor, subject=held.source)
    return held
