"""Issue coupons to all children of a list: a job in steps, each its own transaction."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from audit.record import record
from coupons.errors import ApplicationUnknown, FundTooSmall, NothingChosen
from coupons.issue import check_reserve, issue
from coupons.queries import total_yen_for
from coupons.rules import may_issue
from families.models import Application
from kernel.clock import today
from kernel.errors import Refused
from ledger.hold import hold_yen
from ledger.models import Account
from outbox.jobs import note_refusal, start_job
from outbox.models import Job
from programs.models import Membership, ProgramYear
from programs.rules import require

KIND = "issue_coupons"  # its page says so in templates/outbox/jobs/issue_coupons.html
PER_STEP = 20


@transaction.atomic
def issue_many(*, year: ProgramYear, fund: Account, applications: Collection[int], actor: Membership) -> Job:
    """Begin to issue a coupon for each application id of `year`, the longest waiting first.

    The worker issues them by coupons.issue, as of today even if it is late, and notes refusals.
    Raises NothingChosen, ApplicationUnknown, GradeNotOffered, FundTooSmall (for all of them), ReserveShort; no job
    then.
    """
    require(may_issue(actor))
    held_yen = hold_yen(fund.pk)
    found = Application.objects.filter(pk__in=applications, year=year).order_by("id")
    chosen = list(found.values_list("pk", flat=True))
    if not chosen:
        raise NothingChosen
    if len(chosen) != len(set(applications)):
        raise ApplicationUnknown
    missing_yen = total_yen_for(found, year, today()) - held_yen
    if missing_yen > 0:
        raise FundTooSmall(missing_yen=missing_yen)
    check_reserve(fund)

    job = start_job(
        KIND, total=len(chosen), actor=actor, applications=chosen, fund_id=fund.pk, on=today().isoformat()
    )
    record("coupons.issue_begun", actor=actor, subject=f"job:{job.pk}", fund_id=fund.pk, children=len(chosen))
    return job


def issue_next(job: Job) -> None:
    """One step: the next few of the list. What is refused is noted and the rest goes on.

    A step that was cut off wrote nothing, its place in the list included, so it is simply done again.
    """
    fund = Account.objects.get(pk=job.facts["fund_id"])
    on = date.fromisoformat(job.facts["on"])
    few = job.facts["applications"][job.done : job.done + PER_STEP]
    for application in Application.objects.filter(pk__in=few).order_by("id"):
        try:
            issue(application=application, fund=fund, actor=job.started_by, on=on)  # its own savepoint
        except Refused as refusal:
            note_refusal(job, about=f"application:{application.pk}", refusal=refusal)
    job.done += len(few)
