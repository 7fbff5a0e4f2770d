"""A person has looked at a question and says what was done."""

from django.db import transaction

from audit.record import record
from donations.errors import ReasonNeeded
from donations.models import Finding
from donations.rules import may_settle_findings
from kernel.clock import now
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def settle_finding(*, finding: Finding, words: str, actor: Membership) -> Finding:
    """Close the question with words. No money moves here. Settling twice keeps the first answer.

    Raises NotAllowed, ReasonNeeded; nothing is written then.
    """
    require(may_settle_findings(actor))
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if finding.settled_at is not None:
        return finding
    if not words.strip():
        raise ReasonNeeded
    finding.settled_at, finding.settled_by, finding.words = now(), actor, words.strip()
    finding.save(update_fields=["settled_at", "settled_by", "words"])
    record("finding.settled", actor=actor, subject=f"finding:{finding.pk}")
    return finding
