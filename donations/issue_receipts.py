"""Issue the receipts of a year to all who asked: a job in steps, each its own transaction."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.record import record
from donations.errors import NobodyAsked, ReceiptSettingsMissing
from donations.issue_receipt import issue_receipt
from donations.models import Organisation, Receipt, ReceiptAsk
from donations.rules import may_issue_receipts
from donations.settled import settled_gifts
from kernel.clock import today
from kernel.errors import Refused
from outbox.jobs import note_refusal, start_job
from outbox.models import Job
from programs.models import Membership
from programs.rules import require

KIND = "issue_receipts"  # its page says so in templates/outbox/jobs/issue_receipts.html
PER_STEP = 25


def waiting_asks(organisation: Organisation, year: int) -> QuerySet[ReceiptAsk]:
    """Who asked for a receipt of that year and has no valid one: single gifts, and once it is over whole years."""
    has_one = Exists(Receipt.objects.filter(ask=OuterRef("pk"), state=Receipt.State.ISSUED))
    gifts = settled_gifts(organisation, date(year, 1, 1), date(year + 1, 1, 1))
    wanted = Q(donation__in=gifts.order_by().values("pk"))
    if today().year > year:
        wanted |= Q(year=year)
    asks: QuerySet[ReceiptAsk] = ReceiptAsk.objects.filter(wanted, ~has_one, organisation=organisation)
    return asks.order_by("id")


@transaction.atomic
def issue_receipts(*, organisation: Organisation, year: int, actor: Membership) -> Job:
    """Begin to issue the receipts of the tax year `year`, in the order in which they were asked for.

    While the year runs, those for single gifts; those for the whole year when it is over.
    Raises NotAllowed, ReceiptSettingsMissing, NobodyAsked; no job is begun then.
    """
    require(may_issue_receipts(actor))
    organisation = Organisation.objects.get(pk=organisation.pk)
    if not organisation.can_receipt:
        raise ReceiptSettingsMissing
    asks = list(waiting_asks(organisation, year).values_list("pk", flat=True))
    if not asks:
        raise NobodyAsked
    job = start_job(KIND, total=len(asks), actor=actor, asks=asks)
    record("receipts.issue_begun", actor=actor, subject=f"job:{job.pk}", year=year, asks=len(asks))
    return job


def issue_next(job: Job) -> None:
    """One step: the next few who asked. What is refused is noted and the rest goes on.

    A step that was cut off wrote nothing, its numbers included, so it is simply done again.
    """
    few = job.facts["asks"][job.done : job.done + PER_STEP]
    for ask in ReceiptAsk.objects.filter(pk__in=few).order_by("id"):
        try:
            issue_receipt(ask=ask, actor=job.started_by)  # its own savepoint
        except Refused as refusal:
            note_refusal(job, about=f"receipt_ask:{ask.pk}", refusal=refusal)
    job.done += len(few)
