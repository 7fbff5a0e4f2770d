"""What follows the end of an all-or-nothing campaign: each saved card is charged, or let go. A job."""

import logging

from django.db import transaction

from audit.record import record
from donations.charge_saved import charge_saved
from donations.errors import NothingToCharge, PaymentDiffers
from donations.let_go import let_go
from donations.models import Campaign, Donation, Finding, SavedCard
from donations.note_finding import note_finding
from donations.rules import may_run_campaigns
from outbox.jobs import start_job
from outbox.models import Job
from programs.models import Membership
from programs.rules import require
from programs.scoping import acting_in

log = logging.getLogger(__name__)

KIND = "end_promises"  # its page says so in templates/outbox/jobs/end_promises.html
PER_STEP = 5


def end_promises(campaign: Campaign, actor: Membership | None = None) -> Job | None:
    """Begin the job for every card that is still saved; None when there is none.

    The caller holds the closed campaign and a transaction. actor None: in the name of who opened the campaign.
    """
    saved = Donation.objects.filter(campaign=campaign, state=Donation.State.SAVED)
    gifts = list(saved.order_by("id").values_list("pk", flat=True))
    starter = actor or campaign.opened_by
    if not gifts or starter is None:
        return None
    job = start_job(KIND, total=len(gifts), actor=starter, campaign_id=campaign.pk, gifts=gifts)
    campaign.job_id = job.pk
    campaign.save(update_fields=["job_id"])
    return job


@transaction.atomic
def go_on_with_promises(*, campaign: Campaign, actor: Membership | None) -> Job:
    """Begin the job anew for what a stopped one left. actor None: the timetable does it.

    Raises NotAllowed, NothingToCharge (it runs, or no card is left); no job is begun then.
    """
    if actor is not None:
        require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    is_running = Job.objects.filter(pk=campaign.job_id, state=Job.State.RUNNING).exists()
    job = None if is_running or campaign.goal_met is None else end_promises(campaign, actor)
    if job is None:
        raise NothingToCharge
    record("campaign.promises_gone_on", actor=actor, subject=campaign.source, cards=job.total)
    return job


def end_next(job: Job) -> None:
    """One step: the next few gifts. With Stripe away the step fails and is tried again.

    A step that was cut off is done again: who was charged or let go meanwhile is left as they are.
    """
    for donation_id in job.facts["gifts"][job.done : job.done + PER_STEP]:
        try:
            _end_one(job.program_id, donation_id)
        except PaymentDiffers:
            with acting_in(job.program_id):
                note_finding(Finding.Kind.PAYMENT_DIFFERS, about=f"donation:{donation_id}")
        job.done += 1


def _end_one(program_id: int, donation_id: int) -> None:
    with acting_in(program_id):
        held = Donation.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=donation_id)
        if held.state != Donation.State.SAVED:
            return
        if held.campaign.goal_met is False:
            card = SavedCard.objects.get(donation=held)
            let_go(donation=held, card=card, why=SavedCard.Why.MISSED)
            return
    charge_saved(program_id=program_id, donation_id=donation_id)
