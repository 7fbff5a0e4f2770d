"""Who may do what with families."""

from families.models import Guardian
from programs.models import Invitation, Membership, Role
from programs.rules import is_role


def may_register(actor: Membership | None) -> bool:
    """The secretariat types in what families hand in on paper."""
    return is_role(actor, Role.OFFICE)


def may_decide(actor: Membership | None) -> bool:
    """The secretariat decides, or the city where the city does so."""
    return is_role(actor, Role.OFFICE, Role.CITY)


def may_read_names(actor: Membership | None) -> bool:
    """Who decides may see whose application it is; each look is recorded."""
    return is_role(actor, Role.OFFICE, Role.CITY)


def may_link(invitation: Invitation, guardian: Guardian, membership: Membership) -> bool:
    """The person who accepted the invitation that was made out for this very guardian."""
    return (
        is_role(membership, Role.GUARDIAN)
        and invitation.role == Role.GUARDIAN
        and invitation.accepted_at is not None
        and invitation.accepted_by_id == membership.user_id
        and invitation.about.get("guardian_id") == guardian.pk
    )
