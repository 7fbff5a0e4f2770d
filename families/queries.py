"""Reads that two screens or more share."""

from django.db.models import Count, QuerySet

from families.models import Application, Child, Guardian
from kernel.clock import today
from programs.models import Membership, ProgramYear


def year_now() -> ProgramYear | None:
    """The program year of today, or the newest one; None before there is any."""
    years = list(ProgramYear.objects.order_by("-year"))
    on = today()
    return next((y for y in years if y.first_day <= on <= y.last_day), years[0] if years else None)


def applications_of(year: ProgramYear) -> QuerySet[Application]:
    """A year's applications, the longest waiting first, with what their grades need."""
    found: QuerySet[Application] = Application.objects.filter(year=year)
    return found.select_related("child__key", "year").order_by("id")


def counts_by_state(year: ProgramYear) -> dict[str, int]:
    """How many applications of a year stand in each state; states without any are 0."""
    counted = Application.objects.filter(year=year).values_list("state").annotate(count=Count("id"))
    return dict.fromkeys(Application.State.values, 0) | dict(counted.order_by())


def children_of(actor: Membership) -> QuerySet[Child]:
    """The children for whom this guardian acts, in all their households, with keys; not the erased."""
    households = Guardian.objects.filter(membership=actor).values("household")
    readable: QuerySet[Child] = Child.objects.filter(household__in=households, key__destroyed_at__isnull=True)
    return readable.select_related("key").order_by("id")


def guardians_to_tell(household_id: int) -> QuerySet[Guardian]:
    """The guardians of a household who sign in, and so have an address, with their people."""
    found: QuerySet[Guardian] = Guardian.objects.filter(household=household_id, membership__is_active=True)
    return found.select_related("membership__user").order_by("id")
