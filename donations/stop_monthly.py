"""Stop a monthly gift: at once, so that nothing more is charged."""

from django.db import transaction

from audit.record import record
from donations.errors import MonthlyNotRunning
from donations.models import Campaign, Pledge
from donations.rules import may_stop_monthly
from kernel.clock import now
from outbox.put import put
from programs.models import Membership, Role
from programs.rules import require


@transaction.atomic
def stop_monthly(*, pledge: Pledge, actor: Membership) -> Pledge:
    """Write down that it stops. Stripe is told by a message (bring_to_stripe), again until it has heard.

    Stopping twice is the same as once. Raises NotAllowed, MonthlyNotRunning; nothing is written then.
    """
    require(may_stop_monthly(actor, pledge))
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.state == Pledge.State.ENDED or pledge.is_stopping:
        return pledge
    if pledge.state != Pledge.State.ACTIVE:
        raise MonthlyNotRunning
    is_office = actor.role == Role.OFFICE
    note_stop(pledge, Pledge.Why.OFFICE if is_office else Pledge.Why.DONOR, actor=actor)
    return pledge


def note_stop(pledge: Pledge, why: Pledge.Why, *, actor: Membership | None = None) -> None:
    """The caller holds the running pledge and a transaction. Nothing happens when it is stopping already."""
    if pledge.stop_asked_at:
        return
    pledge.stop_asked_at, pledge.stop_why = now(), why
    pledge.to_stripe_at, pledge.next_charge_on, pledge.wanted_yen = now(), None, None
    pledge.save(update_fields=["stop_asked_at", "stop_why", "to_stripe_at", "next_charge_on", "wanted_yen"])
    record("monthly.stop_asked", actor=actor, subject=pledge.source, why=str(why))
    put("monthly_to_stripe", about=pledge.source, pledge_id=pledge.pk)


@transaction.atomic
def stop_monthly_of(*, campaign: Campaign) -> int:
    """A campaign was closed: its running monthly gifts stop. How many; a repeat finds none."""
    running = Pledge.objects.select_for_update(of=("self",)).filter(
        campaign=campaign, state=Pledge.State.ACTIVE, stop_asked_at=None
    )
    found = list(running.order_by("id"))
    for pledge in found:
        note_stop(pledge, Pledge.Why.CAMPAIGN)
    return len(found)
