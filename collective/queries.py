"""Reads of the secretariat's pages."""

from django.db.models import Count, QuerySet

from partners.models import Classroom, Provider
from programs.models import STAFF_ROLES, Membership, Role


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
