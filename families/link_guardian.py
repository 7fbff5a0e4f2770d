"""Tie a sign-in to a guardian, when the invitation made out for them was accepted."""

from django.db import transaction

from audit.record import record
from families.errors import GuardianTaken
from families.models import Guardian
from families.rules import may_link
from programs.models import Invitation, Membership
from programs.rules import require


@transaction.atomic
def link_guardian(*, guardian: Guardian, membership: Membership, invitation: Invitation) -> Guardian:
    """From here on this person sees the children of the guardian's household.

    One person may be guardian in several households: each has its own Guardian. A repeat changes
    nothing. Raises GuardianTaken when someone else is tied already; nothing is written then.
    """
    require(may_link(invitation, guardian, membership))
    guardian = Guardian.objects.select_for_update(of=("self",)).get(pk=guardian.pk)
    if guardian.membership_id == membership.pk:
        return guardian
    if guardian.membership_id is not None:
        raise GuardianTaken

    guardian.membership = membership
    guardian.save(update_fields=["membership"])
    record(
        "guardian.linked", actor=membership, subject=f"guardian:{guardian.pk}", invitation_id=invitation.pk
    )
    return guardian
