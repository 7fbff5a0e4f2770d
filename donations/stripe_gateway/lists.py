"""Stripe's own list of the money it holds for us."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from donations.models import Organisation, Payout
from donations.stripe_gateway.connection import answers, client_of
from donations.stripe_said import LineSaid, PayoutSaid
from kernel.clock import day_of


def list_lines(*, organisation: Organisation, since: datetime | None) -> Iterator[LineSaid]:
    """Every balance transaction made at or after `since`, the newest first. Raises PaymentServiceAway."""
    asked: Any = {"limit": 100, **({"created": {"gte": int(since.timestamp())}} if since else {})}
    with answers():
        for line in client_of(organisation).v1.balance_transactions.list(asked).auto_paging_iter():
            source = line.source if isinstance(line.source, str) else getattr(line.source, "id", "")
            moment = datetime.fromtimestamp(line.created, UTC)
            yield LineSaid(line.id, line.type, source or "", line.amount, line.fee, line.net, moment)


def fetch_payout(*, organisation: Organisation, payout_id: str) -> PayoutSaid:
    """Ask how a payout stands. Raises PaymentServiceAway."""
    with answers():
        said = client_of(organisation).v1.payouts.retrieve(payout_id)
    states = {"paid": Payout.State.PAID, "failed": Payout.State.FAILED, "canceled": Payout.State.FAILED}
    arrives_on = day_of(datetime.fromtimestamp(said.arrival_date, UTC))
    return PayoutSaid(said.id, said.amount, arrives_on, states.get(said.status, Payout.State.SENT))
