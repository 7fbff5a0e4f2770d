"""Begin a gift: write it down, then ask Stripe for the page where it is paid."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit.record import record
from donations.errors import (
    AgreementChanged,
    AmountOutOfBounds,
    CampaignNotOpen,
    PaymentPageRefused,
    WayNotOffered,
)
from donations.models import Campaign, Donation
from donations.shield import up_since
from donations.stripe_gateway.pages import PAGE_OPEN_FOR, ask_for_page
from donations.stripe_gateway.payments import fetch_payment
from donations.ways import ways_of
from kernel.clock import now
from kernel.yen import share_yen, written_yen
from programs.models import Program
from programs.scoping import acting_in

OVER = (Donation.State.FAILED, Donation.State.EXPIRED, Donation.State.LET_GO)  # the next try is a new gift


@dataclass(frozen=True)
class Donor:
    """What a donor says of themselves and agrees to."""

    email: str
    public_name: str = ""
    is_anonymous: bool = False
    agreement_version: str = ""
    language: str = "ja"
    method: str = Donation.Method.CARD


@transaction.atomic
def give(*, campaign: Campaign, amount_yen: int, donor: Donor, request_key: UUID) -> Donation:
    """Write down that someone wants to give. No money moves; ask_to_pay() comes next.

    request_key: made with the form. The same form with the same words is the same gift; with other
    words (back button, another amount) it is another gift; after a failed attempt, a new attempt.
    Raises CampaignNotOpen, AmountOutOfBounds, WayNotOffered, AgreementChanged; nothing is written then.
    """
    campaign = Campaign.objects.select_related("organisation").get(pk=campaign.pk)
    check_may_be_given(campaign, amount_yen, donor)
    wanted = {
        "campaign": campaign,
        "email": donor.email.lower(),
        "public_name": donor.public_name,
        "is_anonymous": donor.is_anonymous,
        "amount_yen": amount_yen,
        "operating_yen": share_yen(amount_yen, campaign.operating_per_mille),
        "agreement_version": donor.agreement_version,
        "language": donor.language,
        "method": donor.method,
    }
    words = "|".join(str(value) for value in (campaign.pk, amount_yen, donor))
    donation: Donation
    attempt, is_new = 0, False
    while not is_new:
        attempt += 1
        key = uuid5(request_key, f"{words}|{attempt}")
        donation, is_new = Donation.objects.get_or_create(request_key=key, defaults=wanted)
        if not is_new and donation.state not in OVER:
            return donation
    record("donation.begun", actor=None, subject=donation.source, amount_yen=amount_yen)
    return donation


def check_may_be_given(campaign: Campaign, amount_yen: int, donor: Donor) -> None:
    """Raises CampaignNotOpen, AmountOutOfBounds, WayNotOffered, AgreementChanged."""
    if not campaign.is_taking_gifts():
        raise CampaignNotOpen
    if not campaign.minimum_yen <= amount_yen <= campaign.maximum_yen:
        raise AmountOutOfBounds(
            least=written_yen(campaign.minimum_yen), most=written_yen(campaign.maximum_yen)
        )
    way = next((way for way in ways_of(campaign) if way.method == donor.method), None)
    if way is None:
        raise WayNotOffered
    if not way.least_yen <= amount_yen <= way.most_yen:
        raise AmountOutOfBounds(least=written_yen(way.least_yen), most=written_yen(way.most_yen))
    if donor.agreement_version != campaign.organisation.agreement_version:
        raise AgreementChanged


def ask_to_pay(*, program: Program, donation_id: int) -> str:
    """The address of the gift's payment page; of its result page when it is paid or under way.

    Opens its own short transactions: while Stripe is asked, none is open. A repeat is answered with
    the same page, because Stripe is asked with the same key.
    Raises PaymentServiceAway, PaymentPageRefused: no money was taken.
    """
    with acting_in(program.pk):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        is_guarded = up_since(donation.started_at) is not None
    home = settings.PUBLIC_URL + reverse("gift", args=[program.slug, donation.reference])
    if not donation.is_waiting:
        return home
    organisation = donation.campaign.organisation
    if donation.session_id:
        return fetch_payment(organisation=organisation, session_id=donation.session_id).url or home
    try:
        page = ask_for_page(
            organisation=organisation,
            campaign=donation.campaign,
            donation=donation,
            home=home,
            back=f"{home}?cancelled=1",
            is_guarded=is_guarded,
        )
    except PaymentPageRefused:
        with acting_in(program.pk):
            _give_up(donation)
        raise
    with acting_in(program.pk):
        _keep_session(donation, page.session_id)
    return page.url or home


def _keep_session(donation: Donation, session_id: str) -> None:
    Donation.objects.filter(pk=donation.pk, state=Donation.State.STARTED, session_id="").update(
        session_id=session_id, state=Donation.State.PENDING
    )


def _give_up(donation: Donation) -> None:
    """After its time Stripe refuses to make a page for it, and nobody has an address to pay at."""
    if now() > donation.started_at + PAGE_OPEN_FOR:
        Donation.objects.filter(pk=donation.pk, state=Donation.State.STARTED).update(
            state=Donation.State.EXPIRED
        )
