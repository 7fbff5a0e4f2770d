"""Note a city's or a sponsor's signed promise of a grant."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import DayInTheFuture, FormKeyUsed
from donations.models import Grant, Organisation
from donations.receive_grant import BANK
from donations.rules import may_receive_grants
from kernel.clock import fiscal_year, today
from ledger.accounts import open_account, the_account
from ledger.models import Kind
from ledger.post import post
from programs.models import Membership, ProgramYear
from programs.rules import require


@dataclass(frozen=True)
class Promise:
    """What was signed."""

    funder: str
    amount_yen: int
    promised_on: date
    document: str  # the signed paper: its number or where it lies
    payer_kana: str = ""  # how the bank will write the funder
    organisation: Organisation | None = None  # whose bank account it will come to


@transaction.atomic
def promise_grant(*, promise: Promise, request_key: UUID, actor: Membership) -> Grant:
    """Receivable -> the funder's fund where the year's rules let coupons come from promises; else only noted.

    The year is the fiscal year of the day of the promise. A repeat of the key returns the first.
    Raises NotAllowed, DayInTheFuture, FormKeyUsed; nothing is written then.
    """
    require(may_receive_grants(actor))
    if promise.promised_on > today():
        raise DayInTheFuture
    bank = promise.organisation.bank if promise.organisation else the_account(Kind.BANK, BANK)
    wanted = {
        "funder": promise.funder,
        "promised_yen": promise.amount_yen,
        "promised_on": promise.promised_on,
        "document": promise.document,
        "payer_kana": promise.payer_kana,
        "bank": bank,
    }
    fund = the_account(Kind.FUND, promise.funder)
    grant: Grant
    grant, is_new = Grant.objects.get_or_create(
        request_key=request_key,
        defaults={**wanted, "fund": fund, "amount_yen": 0, "state": Grant.State.PROMISED},
    )
    if not is_new:
        if any(getattr(grant, name) != value for name, value in wanted.items()):
            raise FormKeyUsed
        return grant
    counts = ProgramYear.objects.filter(
        year=fiscal_year(promise.promised_on), coupons_from_promises=True
    ).exists()
    if counts:
        grant.receivable = open_account(kind=Kind.RECEIVABLE, label=promise.funder)
        grant.save(update_fields=["receivable"])
        post(debit=grant.receivable, credit=fund, amount_yen=promise.amount_yen, source=grant.source)
    record("grant.promised", actor=actor, subject=grant.source, amount_yen=promise.amount_yen, counts=counts)
    return grant
