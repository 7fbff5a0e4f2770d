"""Reads that more than one door needs: a counter with its device and staff, and what was taken."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Sum

from coupons.models import Redemption, Reversal
from kernel.clock import today
from ledger.models import Account
from partners.models import Classroom, ClassroomStaff, Device, Provider
from programs.models import Membership
from programs.scope import current_program_id


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A classroom's counter as one person on one device finds it."""

    classroom: Classroom  # with its provider
    device: Device | None  # the enrolled device of this classroom that asks, or None
    staff_id: int | None  # the asking membership when it works here, or None


def hashed(secret: str) -> str:
    """What is stored of a device's token or enrolment code: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def counter_at(classroom_id: int, *, token: str, actor: Membership) -> Counter | None:
    """The counter where `actor` works, with the device that holds `token`: one statement.

    None where there is no such classroom here or the person does not work at it.
    """
    classroom = (
        Classroom.objects.filter(pk=classroom_id, staff__membership=actor)
        .annotate(asking=FilteredRelation("devices", condition=Q(devices__token_hash=hashed(token))))
        .select_related("provider__payable", "asking")
        .first()
    )
    if classroom is None:
        return None
    return Counter(classroom=classroom, device=getattr(classroom, "asking", None), staff_id=actor.pk)


def counter_of_system(token: str) -> Counter | None:
    """The counter of a school's own till system, by its token: one statement, planned once a connection.

    Device, classroom, provider and membership hold what the rules ask; their other columns are read
    when something asks for them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_counter_of_system(%s)", [hashed(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    device, classroom, provider, acts_as = _read(row)
    provider.payable = (
        Account(pk=provider.payable_id, program_id=provider.program_id) if provider.payable_id else None
    )
    classroom.provider, device.classroom, device.acts_as = provider, classroom, acts_as
    return Counter(classroom=classroom, device=device, staff_id=None)


def _maker(model: type[models.Model], *names: str) -> tuple[type[models.Model], list[str], list[str]]:
    return model, list(names), [field.attname for field in model._meta.concrete_fields]


# The columns of partners_counter_of_system(), in its order.
_OF_SYSTEM = (
    _maker(
        Device,
        *(
            "id",
            "kind",
            "token_hash",
            "revoked_at",
            "last_seen_on",
            "paused_until",
            "classroom_id",
            "acts_as_id",
        ),
    ),
    _maker(Classroom, "id", "is_open", "provider_id"),
    _maker(Provider, "id", "state", "approved_until", "payable_id"),
    _maker(Membership, "id", "user_id", "role", "is_active"),
)


def _read(row: tuple[Any, ...]) -> list[Any]:
    values = iter(row)
    program_id = current_program_id()
    read: list[Any] = []
    for model, names, attributes in _OF_SYSTEM:
        known = {name: next(values) for name in names}
        known["program_id"] = program_id
        read.append(model.from_db("default", attributes, [known.get(a, models.DEFERRED) for a in attributes]))
    return read


def counters_of(actor: Membership) -> list[Classroom]:
    """The classrooms where `actor` takes coupons, with their providers."""
    mine = ClassroomStaff.objects.filter(classroom=OuterRef("pk"), membership=actor)
    return list(
        Classroom.objects.filter(Exists(mine), is_open=True).select_related("provider").order_by("name", "id")
    )


def uses_at(provider: Provider) -> QuerySet[Any]:
    """All uses at a provider, newest first, each with `is_undone`."""
    undone = Reversal.objects.filter(redemption=OuterRef("pk"))
    uses: QuerySet[Any] = Redemption.objects.filter(payee=provider.payable_id).annotate(
        is_undone=Exists(undone)
    )
    return uses.order_by("-id")


def uses_of_day(classroom: Classroom, on: date) -> list[Any]:
    """What was taken at a classroom on a Japanese day, newest first."""
    return list(uses_at(classroom.provider).filter(place_id=classroom.pk, redeemed_on=on))


def earned_by_classroom(provider: Provider, first_day: date) -> dict[int, dict[str, Any]]:
    """Uses since `first_day` that were not taken back: count and yen by classroom id."""
    rows = (
        uses_at(provider)
        .filter(redeemed_on__gte=first_day, is_undone=False)
        .order_by()
        .values("place_id")
        .annotate(uses=Count("id"), yen=Sum("amount_yen"))
    )
    return {row["place_id"]: row for row in rows}


def last_undoable(provider: Provider, device: Device) -> Redemption | None:
    """The newest use of today on this device that stands."""
    newest: Redemption | None = (
        uses_at(provider).filter(device_id=device.pk, redeemed_on=today(), is_undone=False).first()
    )
    return newest
