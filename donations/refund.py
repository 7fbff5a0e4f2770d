"""Pay a gift back, whole or in part: from our pages, or from Stripe's dashboard."""

from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.record import record
from donations.cancel_receipt import cancel_receipt_of, renew_receipt_of
from donations.errors import (
    NotRefundable,
    ReasonNeeded,
    RefundKeyUsed,
    RefundNeedsSecondPerson,
    RefundNotPossible,
)
from donations.models import Dispute, Donation, Finding, Organisation, Refund
from donations.note_finding import note_finding
from donations.rules import may_refund
from donations.set_refund_limit import limit_yen_for
from donations.stripe_gateway.after import ask_for_refund, fetch_after
from donations.stripe_said import RefundSaid
from donations.take_back import asked_yen, gone_yen, note_gone, send_back, take_again
from kernel.clock import now, start_of, today
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
    Raises NotAllowed, ReasonNeeded, NotRefundable, RefundKeyUsed, RefundNeedsSecondPerson (then
    propose_refund is the verb); nothing is written then.
    """
    require(may_refund(actor))
    donation = hold_gift(donation.pk)
    # Also the person: two refunds of two gifts at once must not both find nothing sent back today.
    Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
    repeated = repeated_refund(donation, amount_yen, request_key)
    if repeated:
        return repeated
    check_refund(donation, amount_yen, reason)
    if needs_second_person(donation, amount_yen, actor):
        raise RefundNeedsSecondPerson
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


def repeated_refund(donation: Donation, amount_yen: int, request_key: UUID) -> Refund | None:
    """What was written down with the same key before. Raises RefundKeyUsed when it was something else."""
    repeated: Refund | None = Refund.objects.filter(request_key=request_key).first()
    if repeated and (repeated.donation_id, repeated.amount_yen) != (donation.pk, amount_yen):
        raise RefundKeyUsed
    return repeated


def check_refund(donation: Donation, amount_yen: int, reason: str) -> None:
    """Raises ReasonNeeded, NotRefundable. The caller holds the gift."""
    if not reason.strip():
        raise ReasonNeeded
    most_yen = refundable_yen(donation)
    if not 0 < amount_yen <= most_yen:
        raise NotRefundable(most=written_yen(most_yen))


def needs_second_person(donation: Donation, amount_yen: int, actor: Membership) -> bool:
    """Above the limit, counting all that went back of this gift and all that this person sent back alone today.

    Ten small refunds are one large one, of one gift or of ten. Always for a gift by hand: there a person sends the
    money, and no payment company checks to whom.
    """
    if donation.is_by_hand:
        return True
    organisation_id = donation.campaign.organisation_id
    alone_today = Q(
        donation__campaign__organisation=organisation_id,
        asked_by__user=actor.user_id,
        needs_second=False,
        asked_at__gte=start_of(today()),
    )
    went = Refund.objects.filter(state__in=[*Refund.OPEN, Refund.State.DONE])
    before = went.filter(Q(donation=donation) | alone_today)
    before_yen = int(before.aggregate(yen=Sum("amount_yen", default=0))["yen"])
    limit_yen = limit_yen_for(organisation_id=organisation_id, actor=actor)
    return before_yen + amount_yen > limit_yen


def hold_gift(donation_id: int) -> Donation:
    """The gift, locked, with the accounts that its money stands on."""
    donation: Donation = (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation__clearing", "campaign__organisation__fees")
        .select_related("campaign__fund", "campaign__operating", "campaign__organisation__bank")
        .get(pk=donation_id)
    )
    return donation


def refundable_yen(donation: Donation) -> int:
    """What of a gift may still go back; 0 while something stands against it."""
    if why_not_refundable(donation):
        return 0
    return max(donation.amount_yen - gone_yen(donation) - asked_yen(donation), 0)


def why_not_refundable(donation: Donation) -> str | Promise:
    """Why nothing of a gift can be paid back now, in words for the secretariat; '' when something can.

    A bank's mere inquiry stands against nothing: to pay back then is what ends it well.
    """
    if donation.state != Donation.State.PAID:
        return _("This gift is not paid, so there is nothing to pay back.")
    if not donation.charge_id and not donation.is_by_hand:
        return _("This gift is older than these books. Pay it back by bank transfer and note it outside.")
    if is_held_by_dispute(donation):
        return _("The card company holds the money of this gift in a dispute. Answer the dispute first.")
    if gone_yen(donation) >= donation.amount_yen:
        return _("All of this gift has gone back already.")
    if gone_yen(donation) + asked_yen(donation) >= donation.amount_yen:
        return _("All that is left of this gift is on its way back already. See what happened to it.")
    return ""


def is_held_by_dispute(donation: Donation) -> bool:
    """Whether the card company has taken the gift's money and has not decided."""
    held = Dispute.objects.filter(donation=donation, state=Dispute.State.OPEN, is_withdrawn=True)
    return bool(held.exists())


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
    """Book a refund as Stripe has it: once, in any order. The caller holds the gift and a transaction.

    Money has left when Stripe's books say so; whether it has reached the donor is kept beside it.
    """
    found = _find(donation, said)
    is_booked = any((found.fund_yen, found.operating_yen, found.reserve_yen))
    if said.state == Refund.State.DONE and not is_booked:
        book_refund(donation, found)
    elif said.state == Refund.State.FAILED and found.state != Refund.State.FAILED:
        if found.state == Refund.State.DONE:
            take_again(donation, found, source=f"refund-failed:{found.pk}")
        found.state, found.ended_at = Refund.State.FAILED, now()
        found.save(update_fields=["state", "ended_at"])
        note_gone(donation)
        renew_receipt_of(donation=donation)
        _note_failed(found)
    if (found.is_on_its_way, found.answer_by) != (said.is_on_its_way, said.answer_by):
        found.is_on_its_way, found.answer_by = said.is_on_its_way, said.answer_by
        found.save(update_fields=["is_on_its_way", "answer_by"])
    return found


def book_refund(donation: Donation, refund: Refund) -> None:
    """The money has left: books, trail, receipt and the mail to the donor. The caller holds the gift."""
    refund.state, refund.ended_at = Refund.State.DONE, now()
    send_back(donation, refund, source=refund.source)
    refund.save()
    record("refund.done", actor=None, subject=refund.source, amount_yen=refund.amount_yen)
    note_gone(donation)
    cancel_receipt_of(donation=donation)
    if donation.email:
        put("refund_done", about=refund.source, refund_id=refund.pk)


def _find(donation: Donation, said: RefundSaid) -> Refund:
    """The row of a refund; one that was made at Stripe's dashboard gets its row here."""
    ours = Refund.objects.filter(donation=donation)
    found: Refund | None = ours.filter(refund_id=said.refund_id).first()
    if found is None and (key := _key_of(said.reference)):
        # Stripe was never asked for one that waits or was withdrawn, whatever somebody noted there.
        never_asked = (Refund.State.PROPOSED, Refund.State.WITHDRAWN)
        found = ours.filter(request_key=key, refund_id="").exclude(state__in=never_asked).first()
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
