"""Reads of the secretariat's pages."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from partners.models import Classroom, Provider
from programs.models import STAFF_ROLES, Invitation, Membership, Role


def staff() -> QuerySet[Membership]:
    """Active members who work here, by role and name; families and donors are not listed."""
    found: QuerySet[Membership] = (
        Membership.objects.filter(is_active=True, role__in=STAFF_ROLES)
        .select_related("user")
        .order_by("role", "user__name", "user__email", "id")
    )
    return found


def roles_counted() -> list[tuple[str, int]]:
    """How many active members each role has, in the order of Role."""
    counted = dict(
        Membership.objects.filter(is_active=True).values_list("role").annotate(count=Count("id")).order_by()
    )
    return [(str(role.label), counted.get(role.value, 0)) for role in Role]


def places_to_work() -> list[tuple[str, str]]:
    """Schools, then open classrooms, as choices 'provider:5' and 'classroom:7'."""
    schools = Provider.objects.order_by("name", "id")
    rooms = (
        Classroom.objects.filter(is_open=True).select_related("provider").order_by("provider__name", "name")
    )
    return [
        *((f"provider:{school.pk}", school.name) for school in schools),
        *((f"classroom:{room.pk}", f"{room.provider.name} / {room.name}") for room in rooms),
    ]


def words_of_sent(invitation: Invitation) -> str:
    """What became of an invitation just made or approved: mailed, or who has to say yes first."""
    if not invitation.waits_for_second_person:
        return _("The invitation to %(email)s is on its way.") % {"email": invitation.email}
    colleagues = Membership.objects.filter(is_active=True, role=Role.OFFICE)
    if colleagues.exclude(pk=invitation.invited_by_id).exists():
        return _("The invitation waits. A colleague of the secretariat has to approve it, then it is sent.")
    return _(
        "The invitation waits. You are alone in the secretariat: ask those who run this service to approve it."
    )
