"""Say up to which amount one person alone pays a gift back."""

from django.db import transaction

from audit.record import record
from donations.models import Organisation, RefundLimit
from donations.rules import may_refund
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def set_refund_limit(*, organisation: Organisation, limit_yen: int, actor: Membership) -> RefundLimit:
    """From now on this amount stands. Who raises it gains nothing by it: see limit_yen_for().

    A repeat of what stands is the same as once. Raises NotAllowed; nothing is written then.
    """
    require(may_refund(actor))
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    newest = _newest(organisation.pk)
    if newest and (newest.limit_yen, newest.set_by_id) == (limit_yen, actor.pk):
        return newest
    made: RefundLimit = RefundLimit.objects.create(
        organisation=organisation, limit_yen=limit_yen, set_by=actor
    )
    record("refund_limit.set", actor=actor, subject=f"organisation:{organisation.pk}", limit_yen=limit_yen)
    return made


def limit_yen_of(organisation_id: int) -> int:
    """The amount that stands."""
    newest = _newest(organisation_id)
    return newest.limit_yen if newest else RefundLimit.UNLESS_SET


def limit_yen_for(*, organisation_id: int, actor: Membership) -> int:
    """Up to which amount this person pays back alone: never more than what another person has allowed.

    So nobody can raise the limit and then use it without a second person.
    """
    by_others = (
        RefundLimit.objects.filter(organisation=organisation_id)
        .exclude(set_by__user=actor.user_id)
        .order_by("-id")
        .first()
    )
    allowed_yen = by_others.limit_yen if by_others else RefundLimit.UNLESS_SET
    return min(limit_yen_of(organisation_id), allowed_yen)


def _newest(organisation_id: int) -> RefundLimit | None:
    found: RefundLimit | None = (
        RefundLimit.objects.filter(organisation=organisation_id).order_by("-id").first()
    )
    return found
