"""Give another amount each month, from the next charge on."""

from django.db import transaction

from audit.record import record
from donations.errors import AmountOutOfBounds, MonthlyNotRunning
from donations.models import Pledge
from donations.rules import may_change_monthly
from kernel.clock import now
from kernel.yen import written_yen
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def change_monthly(*, pledge: Pledge, amount_yen: int, actor: Membership) -> Pledge:
    """Write down the new amount. Nothing is charged now; Stripe is told by a message (bring_to_stripe).

    The same amount again changes nothing. Raises NotAllowed, MonthlyNotRunning, AmountOutOfBounds.
    """
    require(may_change_monthly(actor, pledge))
    pledge = Pledge.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=pledge.pk)
    if pledge.state != Pledge.State.ACTIVE or pledge.is_stopping:
        raise MonthlyNotRunning
    least, most = pledge.campaign.minimum_yen, pledge.campaign.maximum_yen
    if not least <= amount_yen <= most:
        raise AmountOutOfBounds(least=written_yen(least), most=written_yen(most))
    if amount_yen == pledge.coming_yen:
        return pledge
    pledge.wanted_yen, pledge.to_stripe_at = amount_yen, now()
    if amount_yen not in pledge.agreed_yen:
        pledge.agreed_yen = [*pledge.agreed_yen, amount_yen]
    pledge.save(update_fields=["wanted_yen", "to_stripe_at", "agreed_yen"])
    record("monthly.change_asked", actor=actor, subject=pledge.source, amount_yen=amount_yen)
    put("monthly_to_stripe", about=pledge.source, pledge_id=pledge.pk)
    return pledge
