"""Put a question before a person: what a machine must not decide is never lost, and never asked twice."""

from datetime import datetime
from typing import Any

from audit.record import record
from donations.models import Finding, Organisation


def note_finding(
    kind: Finding.Kind,
    *,
    about: str,
    organisation: Organisation | None = None,
    amount_yen: int | None = None,
    due_by: datetime | None = None,
    **facts: Any,
) -> Finding:
    """Write the question down, in the caller's transaction. The same kind about the same thing is one,
    also after it was settled. `facts` are ids and numbers; never a donor's name or address."""
    finding: Finding
    finding, is_new = Finding.objects.get_or_create(
        kind=kind,
        about=about,
        defaults={"organisation": organisation, "amount_yen": amount_yen, "due_by": due_by, "facts": facts},
    )
    if is_new:
        record(f"finding.{kind}", actor=None, subject=f"finding:{finding.pk}", about=about)
    return finding
