"""The payment page for a promised gift whose card was declined."""

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from donations.confirm import ask_and_confirm, card_of
from donations.errors import PaymentPageRefused
from donations.models import Donation, SavedCard
from donations.stripe_gateway.pages import ask_for_late_page
from donations.stripe_gateway.payments import fetch_payment
from kernel.clock import now
from programs.models import Program
from programs.scoping import acting_in


def ask_late_page(*, program: Program, donation_id: int) -> str:
    """The address of the gift's payment page; of its own page when it is paid, or its time is over.

    One page is open at a time: the next is made only when Stripe says that the last one is closed.
    Opens its own short transactions. Raises PaymentServiceAway, PaymentPageRefused: no money was taken.
    """
    donation, _payment = ask_and_confirm(program_id=program.pk, donation_id=donation_id)
    home = settings.PUBLIC_URL + reverse("gift", args=[program.slug, donation.reference])
    if donation.state != Donation.State.DECLINED or (donation.pay_until and donation.pay_until < now()):
        return home
    with acting_in(program.pk):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        card = card_of(donation)
    if card is None:
        return home
    organisation = donation.campaign.organisation
    if card.page_session_id:
        page = fetch_payment(organisation=organisation, session_id=card.page_session_id)
        if page.url or page.state == Donation.State.PAID:
            return page.url or home
    with acting_in(program.pk):
        card = _next_page(card)
    card.donation = donation
    return _make(program, card, home)


def _next_page(card: SavedCard) -> SavedCard:
    """The number of the next page, kept before Stripe is asked: two at once ask for the same one."""
    if card.page_session_id or card.page_asked_at is None:
        SavedCard.objects.filter(pk=card.pk, pages=card.pages).update(
            pages=F("pages") + 1, page_asked_at=now(), page_session_id=""
        )
    found: SavedCard = SavedCard.objects.get(pk=card.pk)
    return found


def _make(program: Program, card: SavedCard, home: str) -> str:
    campaign = card.donation.campaign
    try:
        page = ask_for_late_page(organisation=campaign.organisation, card=card, campaign=campaign, home=home)
    except PaymentPageRefused:  # its time ran out before Stripe was reached: the next press makes a new one
        with acting_in(program.pk):
            SavedCard.objects.filter(pk=card.pk, pages=card.pages).update(page_asked_at=None)
        raise
    with acting_in(program.pk):
        SavedCard.objects.filter(pk=card.pk, pages=card.pages).update(page_session_id=page.session_id)
    return page.url or home
