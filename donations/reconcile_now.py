"""Hold the books against Stripe's list on demand: a job, one organisation a step."""

from django.db import transaction

from audit.record import record
from donations.models import Organisation
from donations.reconcile import reconcile
from donations.rules import may_reconcile
from outbox.jobs import start_job
from outbox.models import Job
from programs.models import Membership
from programs.rules import require

KIND = "reconcile"  # its page says so in templates/outbox/jobs/reconcile.html


@transaction.atomic
def reconcile_now(*, actor: Membership) -> Job:
    """Begin it. The same runs every night by itself. Raises NotAllowed; no job is begun then."""
    require(may_reconcile(actor))
    organisations = list(Organisation.objects.order_by("id").values_list("pk", flat=True))
    job = start_job(KIND, total=len(organisations), actor=actor, organisations=organisations)
    record("stripe.reconcile_asked", actor=actor, subject=f"job:{job.pk}")
    return job


def reconcile_next(job: Job) -> None:
    """One step: the next organisation. With Stripe away the step fails and is tried again."""
    reconcile(program_id=job.program_id, organisation_id=job.facts["organisations"][job.done])
    job.done += 1
