"""Begin a monthly gift: write it down, then ask Stripe for the page where its first month is paid."""

from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit.record import record
from donations.errors import MonthlyNotOffered, PaymentPageRefused
from donations.give import Donor, check_may_be_given
from donations.models import Campaign, Pledge
from donations.shield import up_since
from donations.stripe_gateway.monthly import ask_for_monthly_page, fetch_pledge
from donations.stripe_gateway.pages import PAGE_OPEN_FOR
from kernel.clock import now
from programs.models import Program
from programs.scoping import acting_in


@transaction.atomic
def start_monthly(*, campaign: Campaign, amount_yen: int, donor: Donor, request_key: UUID) -> Pledge:
    """Write down that someone wants to give each month. No money moves; ask_to_begin() comes next.

    request_key: as for give(): the same form with the same words is the same monthly gift.
    Raises MonthlyNotOffered, CampaignNotOpen, AmountOutOfBounds, AgreementChanged; nothing is written then.
    """
    campaign = Campaign.objects.select_related("organisation").get(pk=campaign.pk)
    check_may_be_given(campaign, amount_yen, donor)
    if not campaign.takes_monthly or donor.method != Donor.method:
        raise MonthlyNotOffered
    wanted = {
        "campaign": campaign,
        "email": donor.email.lower(),
        "public_name": donor.public_name,
        "is_anonymous": donor.is_anonymous,
        "amount_yen": amount_yen,
        "agreed_yen": [amount_yen],
        "operating_per_mille": campaign.operating_per_mille,
        "agreement_version": donor.agreement_version,
        "language": donor.language,
    }
    words = "|".join(str(value) for value in ("monthly", campaign.pk, amount_yen, donor))
    pledge: Pledge
    attempt, is_new = 0, False
    while not is_new:
        attempt += 1
        key = uuid5(request_key, f"{words}|{attempt}")
        pledge, is_new = Pledge.objects.get_or_create(request_key=key, defaults=wanted)
        if not is_new and pledge.state not in (Pledge.State.ENDED, Pledge.State.EXPIRED):
            return pledge
    record("monthly.begun", actor=None, subject=pledge.source, amount_yen=amount_yen)
    return pledge


def ask_to_begin(*, program: Program, pledge_id: int) -> str:
    """The address of the page where the first month is paid; of its result page when it runs.

    Opens its own short transactions: while Stripe is asked, none is open. A repeat is answered with
    the same page. Raises PaymentServiceAway, PaymentPageRefused: no money was taken.
    """
    with acting_in(program.pk):
        pledge: Pledge = Pledge.objects.select_related("campaign__organisation").get(pk=pledge_id)
        is_guarded = up_since(pledge.started_at) is not None
    home = settings.PUBLIC_URL + reverse("monthly", args=[program.slug, pledge.reference])
    organisation = pledge.campaign.organisation
    if not pledge.is_waiting:
        return home
    if pledge.session_id:
        return fetch_pledge(organisation=organisation, pledge=pledge, known=set()).url or home
    back = f"{home}?cancelled=1"
    try:
        page = ask_for_monthly_page(
            organisation=organisation, pledge=pledge, home=home, back=back, is_guarded=is_guarded
        )
    except PaymentPageRefused:
        with acting_in(program.pk):
            _give_up(pledge)
        raise
    with acting_in(program.pk):
        Pledge.objects.filter(pk=pledge.pk, state=Pledge.State.STARTED, session_id="").update(
            session_id=page.session_id, state=Pledge.State.PENDING
        )
    return page.url or home


def _give_up(pledge: Pledge) -> None:
    """After its time Stripe refuses to make a page for it, and nobody has an address to pay at."""
    if now() > pledge.started_at + PAGE_OPEN_FOR:
        Pledge.objects.filter(pk=pledge.pk, state=Pledge.State.STARTED).update(state=Pledge.State.EXPIRED)
