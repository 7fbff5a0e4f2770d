"""Look after gifts whose end nobody told us: webhooks get lost, donors close the window."""

import logging
from datetime import timedelta

from django.db.models import Exists, F, IntegerField, OuterRef, Q
from django.db.models.functions import Mod

from donations.errors import PaymentDiffers, PaymentPageRefused, PaymentServiceAway
from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Donation, Finding, Refund
from donations.note_finding import note_finding
from kernel.clock import now
from programs.models import Program
from programs.scoping import acting_in

log = logging.getLogger(__name__)

OLDER_THAN = timedelta(minutes=2)  # younger ones are still being paid
AT_MOST = 500  # a round; the next one is minutes away
TURNS = 20


def sweep_all() -> int:
    """One round over all programs, each gift in its own transactions. How many gifts were looked at."""
    return sum(sweep(program=program) for program in Program.objects.order_by("id"))


def _in_turn() -> Q:
    """Gifts that wait for a shop or a bank do so for days: a twentieth of them is asked about each round."""
    return Q(turn=int(now().timestamp()) // 180 % TURNS)


def sweep(*, program: Program, older_than: timedelta = OLDER_THAN) -> int:
    """Ask Stripe about every gift of the program that waits, about fees still unknown and refunds on their way.

    A gift without a page is asked for again with the same key, and given up after its time.
    Ends early when Stripe is away. Returns how many gifts were looked at.
    """
    waiting = Q(state__in=Donation.WAITING) & (Q(pay_until=None) | Q(pay_until__lt=now()) | _in_turn())
    fee_unknown = Q(state=Donation.State.PAID, fee_yen=None)
    waiting |= Q(state=Donation.State.DECLINED) & _in_turn()  # its owner may have paid it on a page
    with acting_in(program.pk):
        # The donor may take 45 days to name a bank account: such a refund is asked about in turn.
        on_its_way = Exists(Refund.objects.filter(donation=OuterRef("pk"), is_on_its_way=True)) & _in_turn()
        found = list(
            Donation.objects.annotate(turn=Mod(F("id"), TURNS, output_field=IntegerField()))
            .filter(waiting | fee_unknown | on_its_way, started_at__lt=now() - older_than)
            .order_by("id")
            .values_list("pk", "session_id")[:AT_MOST]
        )
    for looked_at, (donation_id, session_id) in enumerate(found):
        try:
            if not session_id:
                ask_to_pay(program=program, donation_id=donation_id)
            ask_and_follow(program_id=program.pk, donation_id=donation_id)
        except PaymentPageRefused as refusal:
            log.error("donation:%s in %s: %s", donation_id, program.slug, refusal.code)
        except PaymentDiffers:
            with acting_in(program.pk):
                note_finding(Finding.Kind.PAYMENT_DIFFERS, about=f"donation:{donation_id}")
        except PaymentServiceAway:
            return looked_at
        except Exception:  # what is wrong with one gift stops no other
            log.exception("donation:%s in %s: not looked at", donation_id, program.slug)
    return len(found)
