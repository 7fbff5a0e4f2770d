"""Issue the receipt that a donor asked for: a number without gaps, and the paper in the same transaction."""

import hashlib
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit.record import record
from donations.errors import (
    AlreadyOnReceipt,
    NameAndAddressNeeded,
    NothingToReceipt,
    NotSettled,
    ReceiptSettingsMissing,
    TaxYearNotOver,
)
from donations.models import (
    Donation,
    Organisation,
    Receipt,
    ReceiptAsk,
    ReceiptCounter,
    ReceiptLine,
    ReceiptPaper,
)
from donations.receipt_words import words_of
from donations.rules import may_issue_receipts
from donations.settled import is_settled, kept_yen, receipt_day, settled_gifts
from donations.typeset import typeset
from kernel.clock import today
from kernel.codes import new_code
from outbox.put import put
from programs.models import Membership, Program
from programs.rules import require
from programs.scope import current_program_id


@dataclass(frozen=True)
class Line:
    """A gift as it will stand on the receipt."""

    donation: Donation
    day: date
    amount_yen: int
    is_deductible: bool


@transaction.atomic
def issue_receipt(*, ask: ReceiptAsk, actor: Membership) -> list[Receipt]:
    """Issue what was asked for: one receipt, or two when the certification covers only part of a year.

    Raises NotAllowed and what issue_asked() raises; nothing is written then, and no number is used up.
    """
    require(may_issue_receipts(actor))
    return _issue_asked(ask, actor)


@transaction.atomic
def issue_asked(*, ask: ReceiptAsk, actor: Membership | None) -> list[Receipt]:
    """The same by itself (actor None), as soon as a gift that a receipt was asked for is settled.

    Raises NotSettled, AlreadyOnReceipt, NothingToReceipt, NameAndAddressNeeded, ReceiptSettingsMissing,
    TaxYearNotOver, CannotBeWritten; nothing is written then.
    """
    return _issue_asked(ask, actor)


def _issue_asked(ask: ReceiptAsk, actor: Membership | None) -> list[Receipt]:
    ask = ReceiptAsk.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=ask.pk)
    _check_may_be_issued(ask)
    lines = _lines_of(ask)
    by_kind = sorted(lines, key=lambda line: (not line.is_deductible, line.day, line.donation.pk))
    return [
        _issue(ask, list(group), actor) for _kind, group in groupby(by_kind, lambda line: line.is_deductible)
    ]


def _check_may_be_issued(ask: ReceiptAsk) -> None:
    if not ask.organisation.can_receipt:
        raise ReceiptSettingsMissing
    if not ask.addressee.is_whole:
        raise NameAndAddressNeeded
    if ask.year is not None and today().year <= ask.year:
        raise TaxYearNotOver


def _lines_of(ask: ReceiptAsk) -> list[Line]:
    """The gifts, locked, that are settled, not given back and on no valid receipt."""
    organisation = ask.organisation
    if ask.year is None:
        wanted = Donation.objects.filter(pk=ask.donation_id)
    else:
        wanted = settled_gifts(organisation, date(ask.year, 1, 1), date(ask.year + 1, 1, 1))
        wanted = wanted.filter(email=ask.email)
    gifts = list(wanted.order_by("id").select_for_update(of=("self",)))
    if ask.year is None and not all(is_settled(gift) for gift in gifts):
        raise NotSettled
    taken = set(
        ReceiptLine.objects.filter(donation__in=gifts, is_valid=True).values_list("donation_id", flat=True)
    )
    if ask.year is None and taken:
        raise AlreadyOnReceipt
    found = [_line(gift, organisation) for gift in gifts if gift.pk not in taken]
    left = [line for line in found if line.amount_yen > 0]
    if not left:
        raise NothingToReceipt
    return left


def _line(gift: Donation, organisation: Organisation) -> Line:
    day = receipt_day(gift, organisation.receipt_date_policy)
    return Line(gift, day, kept_yen(gift), organisation.is_deductible(day))


def _issue(ask: ReceiptAsk, lines: list[Line], actor: Membership | None) -> Receipt:
    year = lines[0].day.year
    receipt = Receipt(
        organisation=ask.organisation,
        ask=ask,
        year=year,
        number=next_number(ask.organisation, year),  # lock
        check_word=new_code(),
        email=ask.email,
        amount_yen=sum(line.amount_yen for line in lines),
        first_day=lines[0].day,
        last_day=lines[-1].day,
        is_deductible=lines[0].is_deductible,
        issued_by=actor,
    )
    words = words_of(receipt, ask.addressee, [(line.day, line.amount_yen) for line in lines], check_address())
    receipt.seal_words(words)
    receipt.save()  # change
    ReceiptLine.objects.bulk_create(
        ReceiptLine(receipt=receipt, donation=line.donation, amount_yen=line.amount_yen, day=line.day)
        for line in lines
    )
    keep_paper(receipt, words, copy=1, actor=actor)
    record("receipt.issued", actor=actor, subject=f"receipt:{receipt.pk}", amount_yen=receipt.amount_yen)
    put("receipt_issued", about=f"receipt:{receipt.pk}", receipt_id=receipt.pk)  # tell
    return receipt


def next_number(organisation: Organisation, year: int) -> int:
    """The next number of the organisation's year, in the caller's transaction: rolled back, it is not used up.

    Holds the counter until then, so that the number after it waits and there is never a gap.
    """
    counters = ReceiptCounter.objects.select_for_update(of=("self",))
    counter = counters.filter(organisation=organisation, year=year).first()
    if counter is None:  # the first number of the year
        ReceiptCounter.objects.get_or_create(organisation=organisation, year=year)
        counter = counters.get(organisation=organisation, year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    number: int = counter.last_number
    return number


def keep_paper(
    receipt: Receipt, words: dict[str, Any], *, copy: int, actor: Membership | None
) -> ReceiptPaper:
    """Set the PDF once and keep its bytes, sealed, with their SHA-256."""
    pdf = typeset(words)
    paper = ReceiptPaper(receipt=receipt, copy=copy, sha256=hashlib.sha256(pdf).hexdigest(), made_by=actor)
    paper.seal_pdf(pdf)
    paper.save()
    return paper


def check_address() -> str:
    """The public page where anyone may confirm a number, of the program one acts in."""
    program = Program.objects.get(pk=current_program_id())
    return settings.PUBLIC_URL + reverse("receipt-check", args=[program.slug])
