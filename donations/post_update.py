"""Publish an update: it stands on the campaign's page, and the campaign's donors are told by mail, once."""

from django.db import transaction

from audit.record import record
from donations.models import CampaignUpdate, UpdateMail
from donations.queries import donors_to_tell
from donations.rules import may_run_campaigns
from kernel.clock import now
from outbox.jobs import start_job
from outbox.models import Job
from outbox.put import put
from programs.models import Membership
from programs.rules import require

KIND = "send_update"  # its page says so in templates/outbox/jobs/send_update.html
PER_STEP = 50
TOPIC = "campaign_update"


@transaction.atomic
def post_update(*, update: CampaignUpdate, actor: Membership) -> CampaignUpdate:
    """Publish, and write down who is told: each address once, as the donors are at this moment.

    Publishing twice is the same as once. Raises NotAllowed; nothing is written then.
    """
    require(may_run_campaigns(actor))
    update = (  # lock: two who press at once must not mail twice
        CampaignUpdate.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=update.pk)
    )
    if update.published_at:
        return update
    donors = donors_to_tell(update.campaign)
    UpdateMail.objects.bulk_create(
        [UpdateMail(update=update, donation=gift, email=gift.email) for gift in donors], batch_size=1_000
    )
    if donors:
        update.job_id = start_job(KIND, total=len(donors), actor=actor, update_id=update.pk).pk
    update.published_at, update.published_by = now(), actor
    update.save(update_fields=["published_at", "published_by", "job_id"])
    record("campaign_update.posted", actor=actor, subject=update.source, donors=len(donors))
    return update


def mail_next(job: Job) -> None:
    """One step: leave a message for each of the next few donors. Each mail is sent and tried by itself."""
    few = list(
        UpdateMail.objects.filter(update=job.facts["update_id"], mailed_at=None).order_by("id")[:PER_STEP]
    )
    moment = now()
    for mail in few:
        put(TOPIC, about=f"update_mail:{mail.pk}", mail_id=mail.pk)
    UpdateMail.objects.filter(pk__in=[mail.pk for mail in few]).update(mailed_at=moment)
    job.done += len(few)
