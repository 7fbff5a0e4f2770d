"""Pay a gift back, whole or in part: from our pages, or from Stripe's dashboard."""

from uuid import UUID, uuid5

from django.db import transaction

from audit.record import record
from donations.cancel_receipt import cancel_receipt_of, renew_receipt_of
from donations.errors import NotRefundable, ReasonNeeded, RefundKeyUsed, RefundNotPossible
from donations.models import Dispute, Donation, Finding, Organisation, Refund
from donations.note_finding import note_finding
from donations.rules import may_refund
from donations.stripe_gateway.after import ask_for_refund, fetch_after
from donations.stripe_said import RefundSaid
from donations.take_back import Parts, asked_yen, gone_yen, note_gone, parts_of, post_back, post_returned
from kernel.clock import now
from kernel.yen import written_yen
from outbox.put import put
from programs.models import Membership, Program
from programs.rules import require
from programs.scoping import acting_in

FROM_DASHBOARD = UUID("b7f2a4de-3c0a-4f0e-8a57-1c6f5f8a9d11")  # makes a request key of Stripe's refund id


@transaction.atomic
def refund(
    *, donation: Donation, amount_yen: int, reason: str, request_key: UUID, actor: Membership
) -> Refund:
    """Write down that a gift goes back. No money moves; ask_stripe_to_refund() comes next.

    Repeating a request key returns the first. Only what was paid through Stripe, stands, and is not disputed.
    Raises NotAllowed, ReasonNeeded, NotRefundable, RefundKeyUsed; nothing is written then.
    """
    require(may_refund(actor))
    donation = hold_gift(donation.pk)
    repeated: Refund | None = Refund.objects.filter(request_key=request_key).first()
    if repeated:
        if (repeated.donation_id, repeated.amount_yen) != (donation.pk, amount_yen):
            raise RefundKeyUsed
        return repeated
    if not reason.strip():
        raise ReasonNeeded
    most_yen = refundable_yen(donation)
    if not 0 < amount_yen <= most_yen:
        raise NotRefundable(most=written_yen(most_yen))
    asked: Refund = Refund.objects.create(
        donation=donation,
        request_key=request_key,
        amount_yen=amount_yen,
        reason=reason.strip(),
        asked_by=actor,
    )
    record("refund.asked", actor=actor, subject=asked.source, gift=donation.source, amount_yen=amount_yen)
    put("refund_asked", about=asked.source, refund_id=asked.pk)
    return asked


def hold_gift(donation_id: int) -> Donation:
    """The gift, locked, with the accounts that its money stands on."""
    donation: Donation = (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation__clearing", "campaign__organisation__fees")
        .select_related("campaign__fund", "campaign__operating")
        .get(pk=donation_id)
    )
    return donation


def refundable_yen(donation: Donation) -> int:
    """What of a gift may still go back through Stripe; 0 while a dispute holds its money.

    A bank's mere inquiry holds none: to pay back then is what ends it well.
    """
    is_disputed = Dispute.objects.filter(
        donation=donation, state=Dispute.State.OPEN, is_withdrawn=True
    ).exists()
    if donation.state != Donation.State.PAID or not donation.charge_id or is_disputed:
        return 0
    return max(donation.amount_yen - gone_yen(donation) - asked_yen(donation), 0)


def ask_stripe_to_refund(*, program: Program, refund_id: int) -> Refund:
    """Ask Stripe, while no transaction is open, and book what it says. Asking again is the same refund.

    Raises PaymentServiceAway (it stays under way and is asked again), RefundNotPossible (it has failed).
    """
    asked: Refund
    with acting_in(program.pk):
        asked = Refund.objects.select_related("donation__campaign__organisation").get(pk=refund_id)
    if asked.state != Refund.State.ASKED or asked.refund_id:
        return asked
    organisation, charge_id = asked.donation.campaign.organisation, asked.donation.charge_id
    try:
        # Stripe forgets our key after a day; what it has made already is not asked for again.
        said = _made_before(organisation, asked) or ask_for_refund(
            organisation=organisation, refund=asked, charge_id=charge_id
        )
    except RefundNotPossible:
        with acting_in(program.pk):
            _was_refused(refund_id)
        raise
    with acting_in(program.pk):
        return take_in_refund(donation=hold_gift(asked.donation_id), said=said)


def _made_before(organisation: Organisation, asked: Refund) -> RefundSaid | None:
    made = fetch_after(organisation=organisation, charge_id=asked.donation.charge_id).refunds
    return next((one for one in made if one.reference == str(asked.request_key)), None)


def _was_refused(refund_id: int) -> None:
    refused = Refund.objects.select_related("donation").get(pk=refund_id)
    hold_gift(refused.donation_id)
    changed = Refund.objects.filter(pk=refund_id, state=Refund.State.ASKED)
    if changed.update(state=Refund.State.FAILED, ended_at=now()):
        _note_failed(refused)


def take_in_refund(*, donation: Donation, said: RefundSaid) -> Refund:
    """Book a refund as Stripe has it: once, in any order. The caller holds the gift and a transaction."""
    found = _find(donation, said)
    is_booked = bool(found.fund_yen or found.operating_yen or found.reserve_yen)
    if said.state == Refund.State.DONE and not is_booked:
        parts = parts_of(donation, found.amount_yen)
        found.fund_yen, found.operating_yen, found.reserve_yen = (
            parts.fund_yen,
            parts.operating_yen,
            parts.reserve_yen,
        )
        found.state, found.ended_at = Refund.State.DONE, now()
        found.save()
        post_back(donation, parts, source=found.source)
        record("refund.done", actor=None, subject=found.source, amount_yen=found.amount_yen)
        note_gone(donation)
        cancel_receipt_of(donation=donation)
        put("refund_done", about=found.source, refund_id=found.pk)
    elif said.state == Refund.State.FAILED and found.state != Refund.State.FAILED:
        if found.state == Refund.State.DONE:
            parts = Parts(found.fund_yen, found.operating_yen, found.reserve_yen)
            post_returned(donation, parts, source=f"refund-failed:{found.pk}")
        found.state, found.ended_at = Refund.State.FAILED, now()
        found.save(update_fields=["state", "ended_at"])
        note_gone(donation)
        renew_receipt_of(donation=donation)
        _note_failed(found)
    return found


def _find(donation: Donation, said: RefundSaid) -> Refund:
    """The row of a refund; one that was made at Stripe's dashboard gets its row here."""
    ours = Refund.objects.filter(donation=donation)
    found: Refund | None = ours.filter(refund_id=said.refund_id).first()
    if found is None and (key := _key_of(said.reference)):
        found = ours.filter(request_key=key, refund_id="").first()
        if found is not None:
            found.refund_id = said.refund_id
            found.save(update_fields=["refund_id"])
    return found or Refund.objects.create(
        donation=donation,
        request_key=uuid5(FROM_DASHBOARD, said.refund_id),
        refund_id=said.refund_id,
        amount_yen=said.amount_yen,
        reason=said.reason,
        asked_at=said.asked_at,
    )


def _key_of(reference: str) -> UUID | None:
    """Our request key; what someone else noted on a refund at Stripe is none."""
    try:
        return UUID(reference)
    except ValueError:
        return None


def _note_failed(refund: Refund) -> None:
    record("refund.failed", actor=None, subject=refund.source, amount_yen=refund.amount_yen)
    note_finding(
        Finding.Kind.REFUND_REFUSED,
        about=refund.source,
        amount_yen=refund.amount_yen,
        donation_id=refund.donation_id,
    )
