"""Look after monthly gifts that nobody told us of: a lost webhook costs nothing."""

import logging
from datetime import timedelta

from django.db.models import Q

from donations.bring_to_stripe import bring_to_stripe
from donations.errors import PaymentDiffers, PaymentPageRefused, PaymentServiceAway
from donations.models import Finding, Pledge
from donations.note_finding import note_finding
from donations.start_monthly import ask_to_begin
from donations.sweep import OLDER_THAN
from donations.take_in_months import ask_and_take_in
from kernel.clock import now
from programs.models import Program
from programs.scoping import acting_in

log = logging.getLogger(__name__)

AT_MOST = 500  # a round; the next one is minutes away


def sweep_monthly_all(*, is_night: bool) -> int:
    """One round over all programs. At night every running monthly gift is asked about."""
    programs = Program.objects.order_by("id")
    return sum(sweep_monthly(program=program, is_night=is_night) for program in programs)


def sweep_monthly(*, program: Program, is_night: bool = False, older_than: timedelta = OLDER_THAN) -> int:
    """Ask about monthly gifts whose first payment is not known, and tell Stripe what it has not heard.

    is_night: about every running one as well, and those that ended within the last days. Ends early when
    Stripe is away. Returns how many were looked at.
    """
    waiting = Q(state__in=Pledge.WAITING, started_at__lt=now() - older_than)
    not_heard = Q(state=Pledge.State.ACTIVE) & (Q(stop_asked_at__isnull=False) | Q(wanted_yen__isnull=False))
    ended = Q(state=Pledge.State.ENDED, ended_at__gt=now() - timedelta(days=3))
    asked = Q(state=Pledge.State.ACTIVE) | ended | waiting if is_night else waiting | not_heard
    with acting_in(program.pk):
        rows = Pledge.objects.filter(asked).order_by("id").values_list("pk", flat=True)
        found = list(rows if is_night else rows[:AT_MOST])
    for looked_at, pledge_id in enumerate(found):
        try:
            _look_after(program, pledge_id)
        except PaymentServiceAway as refusal:
            if not isinstance(refusal, PaymentPageRefused):
                return looked_at
            log.error("pledge:%s in %s: %s", pledge_id, program.slug, refusal.code)
        except PaymentDiffers:
            with acting_in(program.pk):
                note_finding(Finding.Kind.PAYMENT_DIFFERS, about=f"pledge:{pledge_id}", pledge_id=pledge_id)
        except Exception:  # what is wrong with one stops no other
            log.exception("pledge:%s in %s: not looked at", pledge_id, program.slug)
    return len(found)


def _look_after(program: Program, pledge_id: int) -> None:
    with acting_in(program.pk):
        pledge: Pledge = Pledge.objects.get(pk=pledge_id)
    if not pledge.session_id:
        ask_to_begin(program=program, pledge_id=pledge_id)
    bring_to_stripe(program_id=program.pk, pledge_id=pledge_id)
    ask_and_take_in(program_id=program.pk, pledge_id=pledge_id)
