"""Confirm what explains a bank line: what was awaited is booked as received, with the line's day and amount."""

from collections.abc import Callable
from uuid import UUID, uuid5

from django.db import transaction

from audit.record import record
from donations.errors import DoesNotFit, LineExplained, TookItIn
from donations.models import BankLine, BankMatch, BankUnmatch, CompanyGift, Grant, GrantPart, Organisation
from donations.propose_matches import MAKES_MONEY, awaited_on
from donations.receive_company_gift import receive_company_gift
from donations.receive_grant_part import receive_grant_part
from donations.rules import may_handle_money
from programs.models import Membership
from programs.rules import require

KEYS = UUID("6d0c9f5e-2a0b-4a53-9a53-0c4f6a1f7b31")


def _company_gift(pk: int, line: BankLine, actor: Membership) -> str:
    gift = CompanyGift.objects.get(pk=pk)
    received = receive_company_gift(gift=gift, amount_yen=line.amount_yen, received_on=line.on, actor=actor)
    return received.source


def _grant(pk: int, line: BankLine, actor: Membership) -> str:
    turn = turn_of(line)
    part = receive_grant_part(
        grant=Grant.objects.get(pk=pk),
        amount_yen=line.amount_yen,
        received_on=line.on,
        request_key=uuid5(KEYS, f"{line}:{turn}" if turn > 1 else str(line)),
        actor=actor,
    )
    return part.source


def _donation(pk: int, line: BankLine, actor: Membership) -> str:
    return f"donation:{pk}"  # two people booked it before; the line only shows that the money is there


def _payout(pk: int, line: BankLine, actor: Membership) -> str:
    return f"payout:{pk}"  # booked when Stripe sent it; the line shows that it arrived


def _refund(pk: int, line: BankLine, actor: Membership) -> str:
    return f"refund:{pk}"  # two people booked it before; the line shows that the bank has sent it


# How each kind of awaited money is booked; answers the source of its transfers. See propose_matches.AWAITED.
BOOK: dict[str, Callable[[int, BankLine, Membership], str]] = {
    "company_gift": _company_gift,
    "grant": _grant,
    "donation": _donation,
    "payout": _payout,
    "refund": _refund,
}


@transaction.atomic
def match_bank(*, line: BankLine, about: str, actor: Membership) -> BankMatch:
    """Book what the line is the money of. about: the `about` of one of the line's proposals.

    Lines are append-only and cannot be locked; the organisation is held instead, and the database keeps one
    match per line and one line per booking, anew after each unmatch_bank. A repeat returns the first match.
    Money that reaches a fund by it needs two people: who read the statement in does not confirm it.
    Raises NotAllowed, LineExplained, TookItIn, DoesNotFit and what the booking refuses; nothing is written then.
    """
    require(may_handle_money(actor))
    organisation = hold_lines_of(line.organisation_id)
    before = standing_match(line)
    if before:
        if is_about(before, about):
            return before
        raise LineExplained
    kind, _colon, pk = about.partition(":")
    if kind in MAKES_MONEY and line.statement.taken_in_by_id == actor.pk:
        raise TookItIn
    if not any(one.about == about and one.fits(line) for one in awaited_on(organisation)):
        raise DoesNotFit
    source = BOOK[kind](int(pk), line, actor)
    match: BankMatch = BankMatch.objects.create(
        line=line,
        source=source,
        matched_by=actor,
        turn=turn_of(line),
        source_turn=BankUnmatch.objects.filter(match__source=source).count() + 1,
    )
    record("bank_line.matched", actor=actor, subject=str(line), source=match.source)
    return match


def hold_lines_of(organisation_id: int) -> Organisation:
    """The organisation, held so that its lines are explained one after the other."""
    held: Organisation = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("bank")
        .get(pk=organisation_id)
    )
    return held


def standing_match(line: BankLine) -> BankMatch | None:
    """What explains the line now; matches that were undone do not count."""
    found: BankMatch | None = BankMatch.objects.filter(line=line, undone__isnull=True).first()
    return found


def turn_of(line: BankLine) -> int:
    """One more than were undone: two matches between two undoings would have the same, which the database refuses."""
    return int(BankUnmatch.objects.filter(match__line=line).count()) + 1


def is_about(match: BankMatch, about: str) -> bool:
    """Whether the match was made for `about`: a grant's source is that of its part."""
    kind, _colon, pk = match.source.partition(":")
    if kind == "grant_part":
        return about == f"grant:{GrantPart.objects.get(pk=pk).grant_id}"
    return match.source == about
