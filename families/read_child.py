"""Read who a child is. The only way to a full name; every look stands in the trail."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from audit.record import record_reading
from families.errors import ChildErased
from families.models import Child
from families.rules import may_read_names
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class ChildRead:
    """Who a child is, in clear. Never kept beyond the page."""

    name: str
    kana: str
    birth_date: date
    guardians: list[str]


@transaction.atomic
def read_child(*, child: Child, actor: Membership) -> ChildRead:
    """The names and the birth date, with one record of the reading.

    Raises ChildErased; nothing is read or recorded then.
    """
    require(may_read_names(actor))
    if child.key.destroyed_at is not None:
        raise ChildErased
    guardians = child.household.guardians.select_related("key").order_by("id")
    read = ChildRead(
        name=child.name,
        kana=child.kana,
        birth_date=child.birth_date,
        guardians=[guardian.name for guardian in guardians if guardian.key.destroyed_at is None],
    )
    record_reading("child", actor=actor, subject=f"child:{child.pk}")
    return read
