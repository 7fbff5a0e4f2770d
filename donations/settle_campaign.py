"""Settle an ended campaign: nothing is pending, the figures agree, and the final report is written."""

from django.db import transaction

from audit.record import record
from donations.errors import BooksDiffer, CampaignNotClosed, GiftsStillPending, QuestionsOpen
from donations.models import Campaign, CampaignReport
from donations.money_story import open_questions
from donations.queries import books_differ_yen, figures_of, unfinished_gifts
from donations.rules import may_run_campaigns
from programs.models import Membership
from programs.rules import require

NAMED = 5  # questions that the refusal names; the campaign's page has all


@transaction.atomic
def settle_campaign(*, campaign: Campaign, actor: Membership) -> CampaignReport:
    """Write the final report and leave the campaign settled. Settling twice returns the first report.

    Raises NotAllowed, CampaignNotClosed, GiftsStillPending (also while a fee of Stripe is unknown),
    QuestionsOpen, BooksDiffer; nothing is written then.
    """
    require(may_run_campaigns(actor))
    campaign = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("fund", "operating")
        .get(pk=campaign.pk)
    )
    if campaign.state == Campaign.State.SETTLED:
        return campaign.reports.get()
    if campaign.state != Campaign.State.CLOSED:
        raise CampaignNotClosed
    if unfinished := unfinished_gifts(campaign):
        raise GiftsStillPending(count=unfinished)
    if questions := open_questions(campaign):
        raise QuestionsOpen(count=len(questions), named=", ".join(str(one) for one in questions[:NAMED]))
    if differing_yen := books_differ_yen(campaign):
        raise BooksDiffer(yen=f"{differing_yen:,}")
    figures = figures_of(campaign)
    report: CampaignReport = CampaignReport.objects.create(
        campaign=campaign,
        raised_yen=figures.raised_yen,
        donors=figures.donors,
        fees_yen=figures.fees_yen,
        operating_per_mille=campaign.operating_per_mille,
        operating_yen=figures.operating_yen,
        coupons_yen=figures.coupons_yen,
        issued_yen=figures.issued_yen,
        gone_yen=figures.gone_yen,
        settled_by=actor,
    )
    campaign.state = Campaign.State.SETTLED
    campaign.save(update_fields=["state"])
    record("campaign.settled", actor=actor, subject=campaign.source, raised_yen=report.raised_yen)
    return report
