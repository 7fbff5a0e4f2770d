"""Where a yen comes from that goes back: never from a child's coupon (security.md T12)."""

from django.db.models import Sum

from donations.models import Dispute, Donation, Finding, Parts, Refund
from donations.note_finding import note_finding
from ledger.accounts import the_account
from ledger.balances import balance_yen
from ledger.hold import hold_yen
from ledger.models import Account, Kind
from ledger.post import post

RESERVE = "loss reserve"  # one account per program


def gone_yen(donation: Donation) -> int:
    """What has gone back already: refunds done, disputes whose money has left and not come back.

    More than the gift where a refunded one was disputed as well: Stripe takes the money twice then.
    """
    return sum(_gone(donation))


def _gone(donation: Donation) -> tuple[int, int, int]:
    """(from the fund, from running costs, from the reserve)."""
    refunds = Refund.objects.filter(donation=donation, state=Refund.State.DONE)
    disputes = Dispute.objects.filter(donation=donation, is_withdrawn=True, is_returned=False)
    parts = ("pk", "fund_yen", "operating_yen", "reserve_yen")
    rows = list(refunds.values_list(*parts).union(disputes.values_list(*parts), all=True))
    return sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)


def asked_yen(donation: Donation) -> int:
    """What was asked or proposed to go back and is not known to have left yet."""
    asked = Refund.objects.filter(donation=donation, state__in=Refund.OPEN)
    return int(asked.aggregate(yen=Sum("amount_yen", default=0))["yen"])


def parts_of(donation: Donation, amount_yen: int) -> Parts:
    """How `amount_yen` of a gift is paid back. The caller holds the gift; its fund is held here.

    Running costs give back their promised share, rounded down over all that went back so far, so that a
    gift that goes back whole takes exactly what it gave. The rest comes from the fund, never more than the gift
    brought and as far as the fund holds: what has become coupons stays with the children, what others gave
    stays theirs, and the loss reserve pays for it.
    """
    from_fund, from_operating, from_reserve = _gone(donation)
    gone = from_fund + from_operating + from_reserve
    due_operating = donation.operating_yen * (gone + amount_yen) // donation.amount_yen
    left_operating = max(donation.operating_yen - from_operating, 0)
    operating_yen = min(max(due_operating - from_operating, 0), left_operating, amount_yen)
    if donation.campaign.fund is None:
        raise RuntimeError("a draft takes no gifts")  # a database constraint says so too
    left_fund = min(hold_yen(donation.campaign.fund.pk), max(donation.fund_yen - from_fund, 0))
    fund_yen = min(amount_yen - operating_yen, left_fund)
    return Parts(fund_yen, operating_yen, amount_yen - operating_yen - fund_yen)


def send_back(donation: Donation, row: Refund | Dispute, *, source: str) -> None:
    """Fund, running costs and reserve -> where the gift came in. The row keeps its parts; not saved here."""
    row.parts = parts_of(donation, row.amount_yen)
    for leg, account, yen in _legs(donation, row.parts):
        post(debit=account, credit=donation.arrives_in, amount_yen=yen, source=source, leg=leg)
    if row.reserve_yen:
        note_short_reserve(source)


def take_again(donation: Donation, row: Refund | Dispute, *, source: str) -> None:
    """The same the other way: the money came back."""
    for leg, account, yen in _legs(donation, row.parts):
        post(debit=donation.arrives_in, credit=account, amount_yen=yen, source=source, leg=leg)


def note_gone(donation: Donation) -> None:
    """Keep on the gift what has gone back, so that every page shows what is left. The caller holds the gift."""
    donation.gone_yen = min(gone_yen(donation), donation.amount_yen)
    donation.save(update_fields=["gone_yen"])


def _legs(donation: Donation, parts: Parts) -> list[tuple[int, Account, int]]:
    fund, operating = donation.campaign.fund, donation.campaign.operating
    if fund is None or operating is None:
        raise RuntimeError("a draft takes no gifts")
    legs = [(1, fund, parts.fund_yen), (2, operating, parts.operating_yen)]
    if parts.reserve_yen:
        legs.append((3, loss_reserve(), parts.reserve_yen))
    return [leg for leg in legs if leg[2]]


def loss_reserve() -> Account:
    """The program's reserve for money that went back after it had become coupons."""
    return the_account(Kind.LOSS_RESERVE, RESERVE)


def note_short_reserve(source: str) -> None:
    """A reserve below zero is a question for people, each time anew: someone has to fill it."""
    left_yen = balance_yen(loss_reserve())
    if left_yen < 0:
        note_finding(Finding.Kind.RESERVE_SHORT, about=f"loss reserve: {source}", amount_yen=-left_yen)
