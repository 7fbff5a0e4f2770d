"""The question that a promised gift raises when it decides much of an all-or-nothing goal alone.

A goal is met by promises, and a card that is saved may be declined when it is charged: one large promise could make
all other donors pay for a goal that was never reached. A machine must not refuse a generous donor, so it asks.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.models import Campaign, Donation, Finding
from donations.note_finding import note_finding
from kernel.clock import now, start_of

MOST_PER_MILLE = 250  # of the goal, by one e-mail address


def ask_about_large(donation: Donation, campaign: Campaign) -> Finding | None:
    """Ask when the promises of its e-mail address are more than a quarter of the goal together.

    The caller holds the campaign, has saved the promise, and a transaction.
    """
    same = Donation.objects.filter(campaign=campaign, email=donation.email, state=Donation.State.SAVED)
    promised_yen = same.aggregate(yen=Sum("amount_yen", default=0))["yen"]
    if promised_yen * 1000 <= campaign.goal_yen * MOST_PER_MILLE or campaign.last_day is None:
        return None
    return note_finding(
        Finding.Kind.LARGE_PROMISE,
        about=donation.source,
        organisation=campaign.organisation,
        amount_yen=donation.amount_yen,
        due_by=start_of(campaign.last_day + timedelta(days=1)) - timedelta(minutes=1),  # read as that day's
        donation_id=donation.pk,
    )


def is_in_question(donation: Donation) -> bool:
    """Whether it was asked about; also after someone answered, who may learn more later."""
    return bool(Finding.objects.filter(kind=Finding.Kind.LARGE_PROMISE, about=donation.source).exists())


def no_question_more(*donations: Donation) -> None:
    """The promise ended, or its campaign: nothing is left to decide. The caller holds a transaction."""
    with override(settings.LANGUAGE_CODE):
        words = _("Closed by itself: the promise or its campaign has ended.")
    about = [donation.source for donation in donations]
    questions = Finding.objects.filter(kind=Finding.Kind.LARGE_PROMISE, about__in=about, settled_at=None)
    questions.update(settled_at=now(), words=words)
