"""What time does to all-or-nothing campaigns: they end, the work goes on, donors are reminded, gifts are given up."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from audit.record import record
from donations.close_campaign import close
from donations.confirm import card_of
from donations.end_promises import go_on_with_promises
from donations.errors import NothingToCharge, PaymentServiceAway
from donations.follow import ask_and_follow
from donations.models import Campaign, Donation, SavedCard
from donations.stripe_gateway.pages import expire_page
from donations.take_in_decline import REMIND_DAYS
from kernel.clock import now, start_of, today
from outbox.put import put
from programs.models import Program
from programs.scoping import acting_in

log = logging.getLogger(__name__)

PAGES_END_AFTER = timedelta(minutes=40)  # a page that was opened in the last minute can be used for 35
AT_LATEST = timedelta(days=1)  # what Stripe could not be asked about by then counts as not promised


def watch_all() -> None:
    """One round over all programs; what is wrong with one thing stops no other. A repeat does no harm."""
    for program in Program.objects.order_by("id"):
        with acting_in(program.pk):
            over = list(_over().values_list("pk", flat=True))
            left = list(_left().values_list("pk", flat=True))
            soon = list(_to_remind().values_list("pk", flat=True))
            late = list(_too_late().values_list("pk", flat=True))
        for do, found in ((_close, over), (_go_on, left), (_remind, soon), (_give_up, late)):
            for pk in found:
                _try(do, program, pk)


def _try(do: Callable[[Program, int], None], program: Program, pk: int) -> None:
    try:
        do(program, pk)
    except PaymentServiceAway:
        log.warning("%s %s in %s: Stripe is away", do.__name__, pk, program.slug)
    except Exception:
        log.exception("%s %s in %s: not done", do.__name__, pk, program.slug)


def _over() -> QuerySet[Campaign]:
    """All-or-nothing campaigns whose last day is over."""
    kind, is_open = Campaign.Kind.ALL_OR_NOTHING, Campaign.State.OPEN
    over: QuerySet[Campaign] = Campaign.objects.filter(kind=kind, state=is_open, last_day__lt=today())
    return over


def _left() -> QuerySet[Campaign]:
    """Ended campaigns with cards that are still saved."""
    saved = Donation.objects.filter(campaign=OuterRef("pk"), state=Donation.State.SAVED)
    left: QuerySet[Campaign] = Campaign.objects.filter(Exists(saved), goal_met__isnull=False)
    return left


def _to_remind() -> QuerySet[SavedCard]:
    soon = now() + timedelta(days=REMIND_DAYS)
    gifts = Donation.objects.filter(state=Donation.State.DECLINED, pay_until__gte=now(), pay_until__lt=soon)
    cards: QuerySet[SavedCard] = SavedCard.objects.filter(donation__in=gifts.values("pk"), reminded_at=None)
    return cards


def _too_late() -> QuerySet[Donation]:
    late: QuerySet[Donation] = Donation.objects.filter(state=Donation.State.DECLINED, pay_until__lt=now())
    return late


def _close(program: Program, campaign_id: int) -> None:
    """Once every page is closed and its end known, so that no promise is missed; a day later in any case."""
    with acting_in(program.pk):
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
        ended_at = start_of(campaign.last_day + timedelta(days=1))
        is_unknown = Donation.objects.filter(campaign=campaign, state__in=Donation.WAITING).exists()
        waits_until = ended_at + (AT_LATEST if is_unknown else PAGES_END_AFTER)
        if campaign.state == Campaign.State.OPEN and now() >= waits_until:
            close(campaign, None)


def _go_on(program: Program, campaign_id: int) -> None:
    with acting_in(program.pk), suppress(NothingToCharge):
        go_on_with_promises(campaign=Campaign.objects.get(pk=campaign_id), actor=None)


def _remind(program: Program, card_id: int) -> None:
    with acting_in(program.pk):
        card = SavedCard.objects.select_for_update(of=("self",)).select_related("donation").get(pk=card_id)
        if card.reminded_at is None and card.donation.state == Donation.State.DECLINED:
            card.reminded_at = now()
            card.save(update_fields=["reminded_at"])
            about = card.donation.source
            put("promise_reminder", about=about, donation_id=card.donation_id)


def _give_up(program: Program, donation_id: int) -> None:
    """Its page is closed first and Stripe asked once more: who has just paid has paid."""
    with acting_in(program.pk):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        card = card_of(donation)
    if card and card.page_session_id:
        expire_page(organisation=donation.campaign.organisation, session_id=card.page_session_id)
    ask_and_follow(program_id=program.pk, donation_id=donation_id)
    with acting_in(program.pk):
        held = Donation.objects.select_for_update(of=("self",)).get(pk=donation_id)
        if held.state != Donation.State.DECLINED:
            return
        held.state = Donation.State.FAILED
        held.save(update_fields=["state"])
        record("donation.failed", actor=None, subject=held.source)
        put("promise_failed", about=held.source, donation_id=held.pk)
        put("forget_card", about=held.source, donation_id=held.pk)
