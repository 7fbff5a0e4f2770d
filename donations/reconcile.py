"""Hold the books against Stripe's own list, to the yen, per organisation."""

import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from audit.record import record
from donations.errors import PaymentDiffers, PaymentPageRefused, PaymentServiceAway
from donations.find_whose import find_whose
from donations.follow import ask_and_follow
from donations.models import Dispute, Donation, Finding, Organisation, Reconciliation, Refund, StripeLine
from donations.note_finding import note_finding
from donations.queries import paid_gifts
from donations.read_stripe_lines import read_stripe_lines
from donations.take_in_payout import ask_about_payout
from kernel.clock import now
from ledger.balances import balance_yen
from ledger.post import post
from programs.models import Program
from programs.scoping import acting_in

log = logging.getLogger(__name__)
EXPLAIN = (Path(__file__).parent / "reconcile.sql").read_text()
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost")  # what Stripe keeps without a charge
AT_MOST = 2_000  # lines looked into in one run; the next run goes on
LISTED_WITHIN = timedelta(
    days=3
)  # a paid gift stands on Stripe's list after minutes; a holiday costs no alarm
SUGGESTED = {"charge": Finding.Kind.UNKNOWN_CHARGE, "payment": Finding.Kind.UNKNOWN_CHARGE}


def reconcile_all() -> int:
    """Every organisation of every program. How many are not exact. Stripe away for one stops no other."""
    wrong = 0
    for program in Program.objects.order_by("id"):
        with acting_in(program.pk):
            organisations = list(Organisation.objects.order_by("id").values_list("pk", flat=True))
        for organisation_id in organisations:
            try:
                done = reconcile(program_id=program.pk, organisation_id=organisation_id)
                wrong += not done.is_exact
            except PaymentServiceAway:
                log.warning("organisation:%s in %s: Stripe is away", organisation_id, program.slug)
                wrong += 1
            except (
                Exception
            ):  # what is wrong with one stops no other; its page says when it was last compared
                log.exception("organisation:%s in %s: not compared", organisation_id, program.slug)
                wrong += 1
    return wrong


def reconcile(*, program_id: int, organisation_id: int, all_of_it: bool = False) -> Reconciliation:
    """Read what is new at Stripe, repair what we missed, and write down how the two sums stand.

    A line whose gift, refund, dispute or payout we have not heard of is asked about and booked; what nothing
    explains becomes a Finding. Opens its own short transactions. Raises PaymentServiceAway.
    """
    read_stripe_lines(program_id=program_id, organisation_id=organisation_id, all_of_it=all_of_it)
    explain(program_id=program_id, organisation_id=organisation_id)
    if _look_into_the_rest(program_id, organisation_id):
        explain(program_id=program_id, organisation_id=organisation_id)
    with acting_in(program_id):
        _note_the_rest(organisation_id)
        return _compare(organisation_id)


def explain(*, program_id: int, organisation_id: int) -> None:
    """Give every line that our rows explain the name of its event in the ledger; book Stripe's own fees."""
    with acting_in(program_id):
        with connection.cursor() as cursor:
            cursor.execute(EXPLAIN, {"organisation": organisation_id})
        organisation = Organisation.objects.select_related("fees", "clearing").get(pk=organisation_id)
        for line in _unexplained(organisation_id).filter(kind__in=FEES, net_yen__lt=0):
            source = f"stripe-line:{line.pk}"
            post(
                debit=organisation.fees,
                credit=organisation.clearing,
                amount_yen=-line.net_yen,
                source=source,
            )
            StripeLine.objects.filter(pk=line.pk).update(explained_by=source)


def _unexplained(organisation_id: int) -> QuerySet[StripeLine]:
    rows: QuerySet[StripeLine] = StripeLine.objects.filter(organisation=organisation_id, explained_by="")
    return rows.order_by("happened_at", "id")


def _look_into_the_rest(program_id: int, organisation_id: int) -> int:
    """Ask Stripe about each thing that is not explained or not at its end. How many were asked about."""
    with acting_in(program_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        under_way = _gifts_with_something_under_way(organisation)
        asked_before = Finding.objects.filter(kind__in=SUGGESTED.values()).values("about")
        rest = _unexplained(organisation_id).exclude(line_id__in=asked_before)
        things = list(dict.fromkeys(rest.values_list("source_id", flat=True)[:AT_MOST]))
    for thing_id in things:
        with suppress(PaymentPageRefused, PaymentDiffers):
            if thing_id.startswith("po_"):
                ask_about_payout(program_id=program_id, organisation_id=organisation_id, payout_id=thing_id)
            else:
                find_whose(program_id=program_id, organisation=organisation, thing_id=thing_id)
    for donation_id in under_way:
        with suppress(PaymentPageRefused, PaymentDiffers):
            ask_and_follow(program_id=program_id, donation_id=donation_id)
    return len(things) + len(under_way)


def _gifts_with_something_under_way(organisation: Organisation) -> list[int]:
    """A dispute that was lost and a refund that was given up move no money, so no line tells of them."""
    disputed = Q(Exists(Dispute.objects.filter(donation=OuterRef("pk"), state=Dispute.State.OPEN)))
    asked = Refund.objects.filter(donation=OuterRef("pk"), state=Refund.State.ASKED).exclude(refund_id="")
    gifts = Donation.objects.filter(disputed | Q(Exists(asked)), campaign__organisation=organisation)
    return list(gifts.order_by("id").values_list("pk", flat=True)[:AT_MOST])


def _note_the_rest(organisation_id: int) -> None:
    """Each line that nothing explains, and each paid gift that Stripe does not list, is a question."""
    organisation = Organisation.objects.get(pk=organisation_id)
    for line in _unexplained(organisation_id)[:AT_MOST]:
        note_finding(
            SUGGESTED.get(line.kind, Finding.Kind.UNKNOWN_LINE),
            about=line.line_id,
            organisation=organisation,
            amount_yen=line.net_yen,
            thing=line.source_id,
        )
    listed = StripeLine.objects.filter(organisation=organisation, source_id=OuterRef("charge_id"))
    missing = paid_gifts().filter(
        ~Exists(listed), campaign__organisation=organisation, paid_at__lt=now() - LISTED_WITHIN
    )
    for gift in missing.exclude(charge_id="")[:AT_MOST]:
        note_finding(
            Finding.Kind.GIFT_WITHOUT_LINE,
            about=gift.source,
            organisation=organisation,
            amount_yen=gift.amount_yen,
            donation_id=gift.pk,
        )


def _compare(organisation_id: int) -> Reconciliation:
    """Both sums now; a difference that no line explains is a question of its own."""
    organisation = Organisation.objects.select_related("clearing").get(pk=organisation_id)
    lines = StripeLine.objects.filter(organisation=organisation)
    known = lines.aggregate(yen=Sum("net_yen", default=0), count=Count("id"))
    rest = lines.filter(explained_by="").aggregate(yen=Sum("net_yen", default=0), count=Count("id"))
    done: Reconciliation = Reconciliation.objects.create(
        organisation=organisation,
        lines=known["count"],
        stripe_yen=known["yen"],
        books_yen=balance_yen(organisation.clearing),
        open_lines=rest["count"],
        open_yen=rest["yen"],
    )
    if done.stripe_yen - done.open_yen != done.books_yen:  # open lines are questions of their own
        note_finding(
            Finding.Kind.CLEARING_DIFFERS,
            about=f"reconciliation:{done.pk}",
            organisation=organisation,
            amount_yen=done.difference_yen,
        )
    record("stripe.reconciled", actor=None, subject=f"organisation:{organisation_id}", is_exact=done.is_exact)
    return done
