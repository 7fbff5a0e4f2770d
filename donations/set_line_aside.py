"""Say why a bank line is none of ours: interest, a mistaken transfer, money of another work."""

from django.db import transaction

from audit.record import record
from donations.errors import LineExplained
from donations.match_bank import hold_lines_of, standing_match, turn_of
from donations.models import BankLine, BankMatch
from donations.rules import may_handle_money
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def set_line_aside(*, line: BankLine, words: str, actor: Membership) -> BankMatch:
    """The line leaves the list with a reason; no money moves. A repeat with the same words is the same as once.

    Raises NotAllowed, LineExplained; nothing is written then.
    """
    require(may_handle_money(actor))
    hold_lines_of(line.organisation_id)
    before = standing_match(line)
    if before:
        if not before.source and before.words == words:
            return before
        raise LineExplained
    match: BankMatch = BankMatch.objects.create(line=line, words=words, matched_by=actor, turn=turn_of(line))
    record("bank_line.set_aside", actor=actor, subject=str(line))
    return match
