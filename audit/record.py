"""Append to the trail: the sixth beat of every verb."""

from typing import Any

from audit.models import Record
from kernel.clock import now
from programs.models import Membership


def record(verb: str, *, actor: Membership | None, subject: str, **facts: Any) -> Record:
    """Append one act. `facts` are numbers, dates and ids; never a name, address or reason of need."""
    act: Record = Record.objects.create(
        verb=verb, subject=subject, actor_id=actor.pk if actor else None, facts=facts, happened_at=now()
    )
    return act


def record_reading(what: str, *, actor: Membership, subject: str) -> Record:
    """Append that `actor` read personal data."""
    return record(f"{what}.read", actor=actor, subject=subject)
