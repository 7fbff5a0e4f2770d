"""What the secretariat reads about a gift: everything that happened to its money, in order."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations.dispute_words import dispute_words, refund_words
from donations.models import Campaign, Dispute, Donation, Finding, Refund, SavedCard

WHAT_TO_DO: dict[str, str | Promise] = {
    Finding.Kind.UNKNOWN_CHARGE: _(
        "Look the payment up at Stripe. If it is a gift, note it by hand; if not, say what it was."
    ),
    Finding.Kind.UNKNOWN_LINE: _("Look the movement up at Stripe and say what it was."),
    Finding.Kind.LINE_DIFFERS: _("Compare the gift with Stripe's page and say what is right."),
    Finding.Kind.GIFT_WITHOUT_LINE: _("Look the gift up at Stripe. If it is not there, no money came."),
    Finding.Kind.CLEARING_DIFFERS: _(
        "Tell whoever runs the servers; nothing may be settled until it is found."
    ),
    Finding.Kind.PAYMENT_DIFFERS: _(
        "Nothing was booked. Pay the amount back at Stripe, or note the gift by hand."
    ),
    Finding.Kind.TOO_MUCH_SENT: _(
        "Write to the donor: pay the rest back at Stripe, or take it as another gift."
    ),
    Finding.Kind.TOO_LITTLE_SENT: _(
        "Write to the donor: the rest is missing, or pay the part back at Stripe."
    ),
    Finding.Kind.REFUND_REFUSED: _("Pay it back by bank transfer and say so, or tell the donor."),
    Finding.Kind.DISPUTE: _("Answer at Stripe's page before the day below, or let it go."),
    Finding.Kind.FRAUD_WARNING: _("Pay the gift back now: a dispute would cost a fee as well."),
    Finding.Kind.RESERVE_SHORT: _(
        "Money that became coupons went back to donors. Fill the reserve from running costs."
    ),
    Finding.Kind.UNKNOWN_EVENT: _("Look it up at Stripe and say what it was."),
    Finding.Kind.CHARGED_AFTER_STOP: _(
        "Pay this month back: the donor was told that nothing more is charged."
    ),
    Finding.Kind.LARGE_PROMISE: _(
        "If this card is declined, all others pay for a goal that was not reached. Ask the donor. If nobody "
        "stands for the gift, let it go on its page before the campaign ends."
    ),
    Finding.Kind.PAYOUT_FAILED: _("Check the bank account at Stripe; it tries again after that."),
}

ENDED: dict[str, str | Promise] = {
    Dispute.State.WON: _("The dispute was won: the gift stays"),
    Dispute.State.LOST: _("The dispute was lost: the money stays with the card holder"),
}


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a gift's money. `yen` is signed: what went back is below zero."""

    at: datetime
    what: str | Promise
    yen: int | None = None
    words: str | Promise = ""


def story_of(donation: Donation) -> list[Happening]:
    """Everything in order, the oldest first. Four queries."""
    told = [Happening(donation.started_at, _("Gift begun"), donation.amount_yen)]
    if donation.paid_at:
        told.append(Happening(donation.paid_at, _("Paid"), donation.amount_yen))
    for card in SavedCard.objects.filter(donation=donation):
        told += _told_of_card(card)
    for refund in Refund.objects.filter(donation=donation):
        told += _told_of(refund)
    for dispute in Dispute.objects.filter(donation=donation):
        why = dispute_words(dispute.reason)
        told.append(Happening(dispute.opened_at, _("Disputed at the card company"), -dispute.amount_yen, why))
        if dispute.ended_at:
            told.append(Happening(dispute.ended_at, ENDED.get(dispute.state, dispute.get_state_display())))
    return sorted(told, key=lambda one: one.at.replace(microsecond=0))  # Stripe tells whole seconds


def _told_of_card(card: SavedCard) -> list[Happening]:
    """Of a promised gift: the card was saved, declined when it was charged, let go with the cause."""
    told = [Happening(card.saved_at, Donation.State.SAVED.label)]
    if card.declined_at:
        told.append(Happening(card.declined_at, _("The saved card was declined"), words=card.decline_code))
    if card.let_go_at:
        why = card.get_let_go_why_display()
        told.append(Happening(card.let_go_at, Donation.State.LET_GO.label, words=why))
    return told


def _told_of(refund: Refund) -> list[Happening]:
    begun = _("Refund proposed") if refund.needs_second else _("Refund asked for")
    why = refund.reason if refund.asked_by_id else refund_words(refund.reason)
    told = [Happening(refund.asked_at, begun, -refund.amount_yen, why)]
    if refund.decided_at and refund.state != Refund.State.WITHDRAWN:
        told.append(Happening(refund.decided_at, _("Refund approved by a second person"), -refund.amount_yen))
    if refund.ended_at:
        told.append(Happening(refund.ended_at, refund.get_state_display(), -refund.amount_yen))
    return told


def found_gifts(asked: str) -> QuerySet[Donation]:
    """Gifts by number, e-mail address, shown name or Stripe's number; all of them when nothing is asked."""
    gifts = with_disputes(Donation.objects.select_related("campaign")).order_by("-started_at", "-id")
    if not asked:
        return gifts
    by_words = Q(email=asked.lower()) | Q(public_name__contains=asked)
    at_stripe = Q(charge_id=asked) | Q(payment_intent_id=asked) | Q(session_id=asked)
    number = Q(pk=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else Q()
    return gifts.filter(by_words | at_stripe | number) if number else gifts.filter(by_words | at_stripe)


def with_disputes(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Each with `dispute_state`, that of its latest dispute: what a dispute took is no refund of ours."""
    latest = Dispute.objects.filter(donation=OuterRef("pk")).order_by("-opened_at", "-id")
    return gifts.annotate(dispute_state=Subquery(latest.values("state")[:1]))


def open_questions(campaign: Campaign) -> list[Finding]:
    """Open questions about money of this campaign's gifts, and whether the sums at its organisation agree.

    What a question is about stands in its facts or its name; few are open, so they are looked at one by one.
    """
    found = list(open_findings())
    gifts = {one.pk: _named(one, "donation") for one in found}
    refunds = _of(Refund, campaign, {_named(one, "refund") for one in found})
    disputes = _of(Dispute, campaign, {_named(one, "dispute") for one in found})
    charges = {one.facts.get("thing") for one in found} - {None, ""}
    own = Donation.objects.filter(campaign=campaign)
    own_gifts = set(own.filter(pk__in=[pk for pk in gifts.values() if pk]).values_list("pk", flat=True))
    own_charges = set(own.filter(charge_id__in=charges).values_list("charge_id", flat=True))
    return [
        one
        for one in found
        if gifts[one.pk] in own_gifts
        or _named(one, "refund") in refunds
        or _named(one, "dispute") in disputes
        or one.facts.get("thing") in own_charges
        or (one.kind == Finding.Kind.CLEARING_DIFFERS and one.organisation_id == campaign.organisation_id)
    ]


def _of(model: type[Refund | Dispute], campaign: Campaign, ids: set[int | None]) -> set[int]:
    """Those refunds or disputes that belong to the campaign's gifts."""
    known = [pk for pk in ids if pk]
    return set(model.objects.filter(pk__in=known, donation__campaign=campaign).values_list("pk", flat=True))


def _named(finding: Finding, kind: str) -> int | None:
    """'refund:12' and 'loss reserve: refund:12' are about refund 12; a gift may also stand in the facts."""
    if kind == "donation" and "donation_id" in finding.facts:
        return int(finding.facts["donation_id"])
    found = re.search(rf"(?:^|\s){kind}:(\d{{1,18}})$", finding.about)
    return int(found[1]) if found else None


def open_findings() -> QuerySet[Finding]:
    """Questions without an answer, those with a day first, then the oldest."""
    rows: QuerySet[Finding] = Finding.objects.filter(settled_at=None)
    return rows.order_by("due_by", "opened_at", "id")
