"""The secretariat lets one promised gift go that decides much of the goal and that nobody stands for."""

from django.db import transaction

from audit.record import record
from donations.errors import PromiseNotInQuestion, ReasonNeeded
from donations.large_promise import is_in_question
from donations.let_go import let_go
from donations.models import Campaign, Donation, Finding, SavedCard
from donations.rules import may_run_campaigns
from donations.settle_finding import settle_finding
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def let_promise_go(*, donation: Donation, reason: str, actor: Membership) -> Donation:
    """Nothing is taken, the card is forgotten, the donor gets a mail; the question is answered with the reason.

    Only a promise that was asked about (large_promise), and only while its campaign is open: nobody picks donors.
    Letting go twice is the same as once.
    Raises NotAllowed, PromiseNotInQuestion, ReasonNeeded; nothing is written then.
    """
    require(may_run_campaigns(actor))
    # lock: the campaign first; its end counts the promises under the same lock
    campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=donation.campaign_id)
    held: Donation = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
    if held.state == Donation.State.LET_GO:
        return held
    is_promise = held.state == Donation.State.SAVED and campaign.state == Campaign.State.OPEN
    if not is_promise or not is_in_question(held):
        raise PromiseNotInQuestion
    if not reason.strip():
        raise ReasonNeeded
    question = Finding.objects.get(kind=Finding.Kind.LARGE_PROMISE, about=held.source)
    if question.settled_at:  # answered before, with other words: both stay
        question.words = f"{question.words} / {reason.strip()}"[:400]
        question.save(update_fields=["words"])
    settle_finding(finding=question, words=reason.strip()[:400], actor=actor)
    card = SavedCard.objects.get(donation=held)
    let_go(donation=held, card=card, why=SavedCard.Why.OFFICE)
    record("donation.let_go_by_office", actor=actor, subject=held.source, finding_id=question.pk)
    return held
