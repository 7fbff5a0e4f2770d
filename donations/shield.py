"""The shield: goes up when many cards are declined, and comes down by itself after thirty quiet minutes.

Tries of cards are counted in Redis (kernel/limits.py), once for each event of Stripe. Whether the shield is up
stands in the trail alone: it survives Redis, and a gift asks Stripe twice with the same parameters, because
the trail also says how it stood when the gift was begun. What it does: donations/admit.py, donations/give.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from audit.models import Record
from audit.record import record
from donations.models import Donation, Organisation
from kernel.clock import now
from kernel.limits import Limit, counted, note
from outbox.put import put
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

SUBJECT = "shield"
UP, DOWN = "shield.raised", "shield.lowered"
SOON_SECONDS = 600
QUIET_SECONDS = 1_800
LEAST_TRIES = 20
MOST_DECLINED_PER_MILLE = 300
MOST_DECLINED_A_MINUTE = 10
MOST_DECLINED_SOON = 60  # in SOON_SECONDS
MOST_DECLINES_OF_A_PAGE = 5

# Nothing is refused by these three: they only count.
TRIED = Limit("cards tried", 0, QUIET_SECONDS)
DECLINED = Limit("cards declined", 0, QUIET_SECONDS)
DECLINED_OF_PAGE = Limit("cards declined of one gift", 0, 24 * 3600)


@dataclass(frozen=True)
class Tries:
    """Cards tried within some seconds, and how many of them were declined."""

    tried: int
    declined: int

    @property
    def are_alarming(self) -> bool:
        """More than 30 % of at least 20."""
        return self.tried >= LEAST_TRIES and self.declined * 1000 > self.tried * MOST_DECLINED_PER_MILLE


def tries_within(program_id: int, seconds: int) -> Tries:
    """Counted over the program: a bot changes the campaign by a click."""
    who = str(program_id)
    return Tries(counted(TRIED, who, seconds=seconds), counted(DECLINED, who, seconds=seconds))


def is_over_budget(program_id: int) -> bool:
    """More declined cards than the program bears, however many were good: in a minute, or in ten."""
    a_minute, soon = tries_within(program_id, 60), tries_within(program_id, SOON_SECONDS)
    return a_minute.declined > MOST_DECLINED_A_MINUTE or soon.declined > MOST_DECLINED_SOON


def up_since(at: datetime | None = None) -> datetime | None:
    """Since when the shield of the program one acts in is up (at that moment), or None."""
    last = (
        Record.objects.filter(subject=SUBJECT, verb__in=(UP, DOWN), happened_at__lte=at or now())
        .order_by("-happened_at", "-id")
        .values_list("verb", "happened_at")
        .first()
    )
    return last[1] if last and last[0] == UP else None


def hear_payment(*, donation: Donation) -> None:
    """A card was good."""
    note(TRIED, str(donation.program_id), donation.source)


@transaction.atomic
def hear_decline(*, donation: Donation, event_id: str) -> None:
    """A card was declined. May raise the shield; closes the payment page at the fifth. A repeat counts once."""
    note(DECLINED_OF_PAGE, donation.source, event_id)
    if counted(DECLINED_OF_PAGE, donation.source) >= MOST_DECLINES_OF_A_PAGE:
        put("close_payment_page", about=donation.source, donation_id=donation.pk)
    hear_loose_decline(program_id=donation.program_id, event_id=event_id)


@transaction.atomic
def hear_loose_decline(*, program_id: int, event_id: str) -> None:
    """A card was declined on the page of a monthly gift: Stripe names none there, so it counts for the program."""
    note(TRIED, str(program_id), event_id)
    note(DECLINED, str(program_id), event_id)
    soon = tries_within(program_id, SOON_SECONDS)
    if soon.are_alarming or is_over_budget(program_id):
        _raise_shield(soon)


def _raise_shield(soon: Tries) -> None:
    """Once, however many workers hear of it at the same moment; each of the secretariat gets a mail."""
    _hold()  # lock
    if up_since():  # check
        return
    record(UP, actor=None, subject=SUBJECT, tried=soon.tried, declined=soon.declined)
    office = Membership.objects.filter(role=Role.OFFICE, is_active=True).order_by("id")
    for membership_id in office.values_list("pk", flat=True):
        put("shield_raised", about=SUBJECT, membership_id=membership_id, declined=soon.declined)


@transaction.atomic
def lower_when_quiet(*, program: Program) -> bool:
    """Take the shield down after thirty quiet minutes: no alarm over the whole of them. Whether it was."""
    since = up_since()
    if since is None or now() < since + timedelta(seconds=QUIET_SECONDS):
        return False
    if tries_within(program.pk, QUIET_SECONDS).are_alarming or is_over_budget(program.pk):
        return False
    _hold()
    if not up_since():
        return False
    record(DOWN, actor=None, subject=SUBJECT)
    return True


def lower_all() -> int:
    """One round over all programs; how many shields came down."""
    lowered = 0
    for program in Program.objects.order_by("id"):
        with acting_in(program.pk):
            lowered += lower_when_quiet(program=program)
    return lowered


def _hold() -> None:
    """The shield has no row of its own; the organisations that receive stand for it."""
    list(Organisation.objects.select_for_update(of=("self",), no_key=True).order_by("id").values_list("pk"))
