"""Book one payment of a promised grant when the bank shows it."""

from datetime import date
from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import DayInTheFuture, FormKeyUsed, MoreThanPromised
from donations.models import Grant, GrantPart
from donations.rules import may_receive_grants
from kernel.clock import today
from kernel.yen import written_yen
from ledger.post import post
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def receive_grant_part(
    *, grant: Grant, amount_yen: int, received_on: date, request_key: UUID, actor: Membership
) -> GrantPart:
    """Bank <- receivable where the promise was booked, else bank -> fund; never more than was promised.

    A repeat of the key returns the first part and moves no money.
    Raises NotAllowed, DayInTheFuture, MoreThanPromised (also for a grant that was never promised),
    FormKeyUsed; nothing is written then.
    """
    require(may_receive_grants(actor))
    held = hold_grant(grant.pk)
    if received_on > today():
        raise DayInTheFuture
    before: GrantPart | None = GrantPart.objects.filter(request_key=request_key).first()
    if before:
        if (before.grant_id, before.amount_yen, before.received_on) != (held.pk, amount_yen, received_on):
            raise FormKeyUsed
        return before
    if amount_yen > held.awaited_yen:
        raise MoreThanPromised(awaited=written_yen(held.awaited_yen))
    part: GrantPart = GrantPart.objects.create(
        grant=held,
        amount_yen=amount_yen,
        received_on=received_on,
        request_key=request_key,
        received_by=actor,
    )
    held.amount_yen += amount_yen
    held.received_on = max(held.received_on or received_on, received_on)
    held.state = Grant.State.PROMISED if held.awaited_yen else Grant.State.RECEIVED
    held.save(update_fields=["amount_yen", "received_on", "state"])
    post(debit=held.bank, credit=held.receivable or held.fund, amount_yen=amount_yen, source=part.source)
    record("grant.part_received", actor=actor, subject=held.source, amount_yen=amount_yen)
    return part


def hold_grant(grant_id: int) -> Grant:
    """The grant, held so that two parts at once do not both find the same rest."""
    held: Grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("bank", "fund", "receivable")
        .get(pk=grant_id)
    )
    return held
