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


def _columns(alias: str, model: type[models.Model]) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


_OF_SYSTEM = (Device, Classroom, Provider, Account, Membership)
# Written out: the ORM's building of this join cost more than everything else in a till's request.
_SYSTEM_SQL = f"""
SELECT {", ".join(map(_columns, "dcpam", _OF_SYSTEM))}
FROM partners_device d
JOIN partners_classroom c ON c.program_id = d.program_id AND c.id = d.classroom_id
JOIN partners_provider p ON p.program_id = c.program_id AND p.id = c.provider_id
LEFT JOIN ledger_account a ON a.program_id = p.program_id AND a.id = p.payable_id
JOIN programs_membership m ON m.program_id = d.program_id AND m.id = d.acts_as_id
WHERE d.program_id = %s AND d.token_hash = %s AND d.kind = 'system'
"""  # noqa: S608  columns of our own models


def _read(row: tuple[Any, ...]) -> list[Any]:
    read, at = [], 0
    for model in _OF_SYSTEM:
        names = [field.attname for field in model._meta.concrete_fields]
        values = row[at : at + len(names)]
        at += len(names)
        read.append(model.from_db("default", names, values) if values[0] is not None else None)
    return read


def counter_of_system(token: str) -> Counter | None:
    """The counter of a school's own till system, by its token: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SYSTEM_SQL, [current_program_id(), hashed(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    device, classroom, provider, payable, acts_as = _read(row)
    provider.payable, classroom.provider = payable, provider
    device.classroom, device.acts_as = classroom, acts_as
    return Counter(classroom=classroom, device=device, staff_id=None)


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
