"""What might explain each bank line: company gifts, promised grants, gifts by hand, payouts. Reads only.

One function per kind answers all that is awaited on an organisation's account. Who adds a kind writes another
and puts it into AWAITED, and its booking into BOOK of match_bank.py.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from donations.models import (
    BankLine,
    BankMatch,
    CompanyGift,
    Donation,
    Grant,
    OfflineGift,
    Organisation,
    Payout,
    Refund,
)
from donations.payer_key import is_same_payer, payer_key
from kernel.clock import day_of

EARLIER, LATER = timedelta(days=14), timedelta(days=120)  # money comes from 14 days before to 120 after
STRIPES_NAME = "ストライプジャパン"  # as banks write the payer; unlike it, a person has to choose
MAKES_MONEY = ("company_gift", "grant")  # the others were booked before; the line only shows the money
AROUND = timedelta(days=7)  # a gift by hand was noted with its own day


@dataclass(frozen=True)
class Awaited:
    """Something that a bank line may be the money of."""

    about: str  # "company_gift:5": what match_bank books
    kind: str | Words
    name: str
    amount_yen: int
    key: str  # of the payer; '' when it is not known
    first_day: date
    last_day: date
    takes_parts: bool = False

    def fits(self, line: BankLine) -> bool:
        """Whether the line may be its money: the amount, and the day. What leaves is below zero on both."""
        is_amount = (
            0 < line.amount_yen <= self.amount_yen if self.takes_parts else line.amount_yen == self.amount_yen
        )
        return is_amount and self.first_day <= line.on <= self.last_day

    @property
    def makes_money(self) -> bool:
        """Whether matching a line with it brings money into a fund: then it needs two people."""
        return self.about.partition(":")[0] in MAKES_MONEY

    def is_sure(self, line: BankLine) -> bool:
        """It fits, with the exact amount and the same payer."""
        return (
            self.fits(line) and line.amount_yen == self.amount_yen and is_same_payer(self.key, line.payer_key)
        )


@dataclass(frozen=True)
class Proposal:
    """A line with what is surely its money, or all that might be."""

    line: BankLine
    sure: Awaited | None
    possible: list[Awaited]


def _company_gifts(organisation: Organisation) -> Iterable[Awaited]:
    found = CompanyGift.objects.filter(fund__organisation=organisation, state__in=CompanyGift.OPEN)
    for gift in found.prefetch_related("invoices"):
        due = max((invoice.due_on for invoice in gift.invoices.all()), default=gift.promised_on)
        yield Awaited(
            gift.source,
            _("Company gift"),
            gift.company,
            gift.amount_yen,
            payer_key(gift.payer_kana or gift.company),
            gift.promised_on - EARLIER,
            max(due, gift.promised_on) + LATER,
        )


def _grants(organisation: Organisation) -> Iterable[Awaited]:
    for grant in Grant.objects.filter(state=Grant.State.PROMISED, bank=organisation.bank_id):
        yield Awaited(
            grant.source,
            _("Grant promised in writing"),
            grant.funder,
            grant.awaited_yen,
            payer_key(grant.payer_kana or grant.funder),
            grant.promised_on or date.min,
            date.max,  # cities pay when their year is settled
            takes_parts=True,
        )


def _offline_gifts(organisation: Organisation) -> Iterable[Awaited]:
    """Booked already by two people; the line only shows that the bank has the money."""
    source = Concat(Value("donation:"), Cast(F("donation_id"), TextField()), output_field=TextField())
    explained = BankMatch.objects.filter(undone__isnull=True, source=OuterRef("source_of_gift"))
    found = (
        OfflineGift.objects.filter(campaign__organisation=organisation, state=OfflineGift.State.APPROVED)
        .exclude(way=Donation.Method.CASH)
        .annotate(source_of_gift=source)
        .filter(~Exists(explained))
    )
    for gift in found:
        yield Awaited(
            f"donation:{gift.donation_id}",
            _("Gift noted by hand"),
            gift.donor_name or gift.get_way_display(),
            gift.amount_yen,
            payer_key(gift.donor_name),
            gift.received_on - AROUND,
            gift.received_on + AROUND,
        )


def _payouts(organisation: Organisation) -> Iterable[Awaited]:
    """Booked when Stripe sent them; the line shows that the money arrived."""
    source = Concat(Value("payout:"), Cast(F("id"), TextField()), output_field=TextField())
    explained = BankMatch.objects.filter(undone__isnull=True, source=OuterRef("source_of_payout"))
    sent = organisation.payouts.exclude(state=Payout.State.FAILED).annotate(source_of_payout=source)
    for payout in sent.filter(~Exists(explained)):
        yield Awaited(
            payout.source,
            _("Payout of the payment company"),
            "Stripe",
            payout.amount_yen,
            payer_key(STRIPES_NAME),
            payout.arrives_on - AROUND,
            payout.arrives_on + AROUND,
        )


def refunds_to_send() -> QuerySet[Refund]:
    """Refunds of gifts by hand that are booked while no bank line shows that somebody sent the money."""
    source = Concat(Value("refund:"), Cast(F("id"), TextField()), output_field=TextField())
    explained = BankMatch.objects.filter(undone__isnull=True, source=OuterRef("source_of_refund"))
    found: QuerySet[Refund] = (
        Refund.objects.filter(donation__method__in=Donation.BY_HAND, state=Refund.State.DONE)
        .exclude(donation__method=Donation.Method.CASH)
        .annotate(source_of_refund=source)
        .filter(~Exists(explained))
        .order_by("decided_at", "id")
    )
    return found


def _refunds_by_hand(organisation: Organisation) -> Iterable[Awaited]:
    """Booked when the second person approved; the line shows that the bank has sent the money."""
    mine = refunds_to_send().filter(donation__campaign__organisation=organisation)
    found = mine.select_related("donation")
    names = dict(
        OfflineGift.objects.filter(donation__in=[one.donation_id for one in found]).values_list(
            "donation_id", "donor_name"
        )
    )
    for refund in found:
        name, on = names.get(refund.donation_id, ""), day_of(refund.decided_at or refund.asked_at)
        yield Awaited(
            refund.source,
            _("Refund of a gift by hand"),
            name or refund.donation.get_method_display(),
            -refund.amount_yen,
            payer_key(name),
            on - AROUND,
            on + LATER,
        )


AWAITED: list[Callable[[Organisation], Iterable[Awaited]]] = [
    _company_gifts,
    _grants,
    _offline_gifts,
    _payouts,
    _refunds_by_hand,
]


def awaited_on(organisation: Organisation) -> list[Awaited]:
    """All that is awaited on the organisation's account."""
    return [one for find in AWAITED for one in find(organisation)]


def unexplained_lines() -> QuerySet[BankLine]:
    """Money that came and that nothing explains, the oldest first."""
    found: QuerySet[BankLine] = BankLine.objects.filter(
        ~Exists(BankMatch.objects.filter(undone__isnull=True, line=OuterRef("pk"))), amount_yen__gt=0
    ).order_by("on", "id")
    return found


def _sent_lines(organisation: Organisation, awaited: list[Awaited]) -> QuerySet[BankLine]:
    """Money that left in the size of a refund: the only outgoing lines that these pages explain."""
    sizes = [one.amount_yen for one in awaited if one.amount_yen < 0]
    found: QuerySet[BankLine] = BankLine.objects.filter(
        ~Exists(BankMatch.objects.filter(undone__isnull=True, line=OuterRef("pk"))),
        organisation=organisation,
        amount_yen__in=sizes,
    ).order_by("on", "id")
    return found


def proposals(organisation: Organisation, lines: Iterable[BankLine] | None = None) -> list[Proposal]:
    """Each unexplained line with what may be its money. Sure only when neither side has a second choice."""
    awaited = awaited_on(organisation)
    if lines is None:
        came = unexplained_lines().filter(organisation=organisation)
        lines = [*came.select_related("statement"), *_sent_lines(organisation, awaited)]
    by_amount: dict[int, list[Awaited]] = defaultdict(list)
    parts = [one for one in awaited if one.takes_parts]
    for one in awaited:
        by_amount[one.amount_yen].append(one)
    sure_of: dict[str, int] = defaultdict(int)
    found = []
    for line in lines:
        near = {one.about: one for one in (*by_amount[line.amount_yen], *parts) if one.fits(line)}
        sure = [one for one in near.values() if one.is_sure(line)]
        for one in sure:
            sure_of[one.about] += 1
        found.append((line, sure, list(near.values())))
    return [
        Proposal(
            line,
            sure[0] if len(sure) == 1 and sure_of[sure[0].about] == 1 else None,
            sorted(near, key=lambda one: (one not in sure, one.about)),
        )
        for line, sure, near in found
    ]
