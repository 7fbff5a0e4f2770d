"""Read Stripe's own list of what moved: one row a balance transaction, once, never changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from donations.models import Organisation, StripeLine
from donations.stripe_gateway.lists import list_lines
from donations.stripe_said import LineSaid
from programs.scoping import acting_in

AT_ONCE = 2_000
# Stripe's list is by time of making; a line made in the same second as the last one known may still come.
OVERLAP = timedelta(days=2)


def read_stripe_lines(*, program_id: int, organisation_id: int, all_of_it: bool = False) -> int:
    """Write down every line that is new since the last one known; how many were new.

    all_of_it: from the beginning. Opens a short transaction for each 2,000 lines; a reading that was cut
    off is begun again and adds nothing twice. Raises PaymentServiceAway: what was read stays.
    """
    with acting_in(program_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        since = None if all_of_it else _since(organisation)
    lines, added = list_lines(organisation=organisation, since=since), 0
    newest_last = _in_parts(lines)
    for part in newest_last:
        with acting_in(program_id):
            before = StripeLine.objects.filter(organisation=organisation).count()
            StripeLine.objects.bulk_create([_row(organisation, line) for line in part], ignore_conflicts=True)
            added += StripeLine.objects.filter(organisation=organisation).count() - before
    return added


def _in_parts(lines: Iterator[LineSaid]) -> list[list[LineSaid]]:
    """The oldest first, so that a reading that is cut off leaves no gap before the newest one known."""
    parts = []
    while part := list(islice(lines, AT_ONCE)):
        parts.append(part)
    return parts[::-1]


def _since(organisation: Organisation) -> datetime | None:
    newest = StripeLine.objects.filter(organisation=organisation).order_by("-happened_at").first()
    return newest.happened_at - OVERLAP if newest else None


def _row(organisation: Organisation, said: LineSaid) -> StripeLine:
    return StripeLine(
        organisation=organisation,
        line_id=said.line_id,
        kind=said.kind[:40],
        source_id=said.source_id[:100],
        amount_yen=said.amount_yen,
        fee_yen=said.fee_yen,
        net_yen=said.net_yen,
        happened_at=said.happened_at,
    )
