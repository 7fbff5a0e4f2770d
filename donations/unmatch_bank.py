"""Take back what was said of a bank line: the line is open again, and what was booked for it is reversed."""

from collections.abc import Callable

from django.db import transaction

from audit.record import record
from donations.errors import MatchedItYourself, MoneyWasUsed, ReasonNeeded
from donations.match_bank import hold_lines_of
from donations.models import BankMatch, BankUnmatch, CompanyGift, Grant, GrantPart
from donations.receive_grant_part import hold_grant
from donations.rules import may_handle_money
from ledger.errors import NotEnoughMoney
from ledger.post import post_reversal
from programs.models import Membership
from programs.rules import require


def _company_gift(pk: int) -> None:
    """It is awaited again; an invoice that was sent stays as it is."""
    held = CompanyGift.objects.select_for_update(of=("self",)).get(pk=pk)
    invoiced = held.invoices.exists()
    held.state = CompanyGift.State.INVOICED if invoiced else CompanyGift.State.PROMISED
    held.received_on, held.undone_times = None, held.undone_times + 1
    held.save(update_fields=["state", "received_on", "undone_times"])
    post_reversal(of_source=held.source, source=f"company_gift-undone:{pk}")


def _grant_part(pk: int) -> None:
    """The part stays as a row; the grant awaits its money again."""
    part = GrantPart.objects.get(pk=pk)
    held = hold_grant(part.grant_id)
    gone = set(BankUnmatch.objects.filter(made_money=True).values_list("match__source", flat=True))
    left = [one.received_on for one in held.parts.all() if one.source not in gone]
    held.amount_yen -= part.amount_yen
    held.received_on, held.state = max(left, default=None), Grant.State.PROMISED
    held.save(update_fields=["amount_yen", "received_on", "state"])
    post_reversal(of_source=part.source, source=f"grant_part-undone:{pk}")


# How each booking that match_bank made is taken back, by the kind of its source.
TAKE_BACK: dict[str, Callable[[int], None]] = {"company_gift": _company_gift, "grant_part": _grant_part}


@transaction.atomic
def unmatch_bank(*, match: BankMatch, words: str, actor: Membership) -> BankUnmatch:
    """The line and what it was matched with are open again. A repeat returns the first.

    Money that reached a fund by the match leaves it by a reverse transfer, and that needs two people: who
    matched the line does not take it back. The fund pays it whole, from whoever's gifts stand there, or
    nothing is undone: a fund is one sum, and what has become coupons is never taken.
    Raises NotAllowed, ReasonNeeded, MatchedItYourself, MoneyWasUsed; nothing is written then.
    """
    require(may_handle_money(actor))
    hold_lines_of(match.line.organisation_id)
    before: BankUnmatch | None = BankUnmatch.objects.filter(match=match).first()
    if before:
        return before
    if not words.strip():
        raise ReasonNeeded
    if match.made_money and match.matched_by_id == actor.pk:
        raise MatchedItYourself
    undone: BankUnmatch = BankUnmatch.objects.create(
        match=match,
        words=words,
        made_money=match.made_money,
        matched_by_id=match.matched_by_id,
        undone_by=actor,
    )
    if match.made_money:
        kind, _colon, pk = match.source.partition(":")
        try:
            TAKE_BACK[kind](int(pk))
        except NotEnoughMoney as short:
            raise MoneyWasUsed from short
    record("bank_line.unmatched", actor=actor, subject=str(match.line), source=match.source)
    return undone
