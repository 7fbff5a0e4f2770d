"""Note that a company has promised a gift to a sponsor fund."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import DayInTheFuture, FormKeyUsed
from donations.models import CompanyGift, SponsorFund
from donations.rules import may_handle_money
from kernel.clock import today
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class Company:
    """Who gives, as the invoice and the bank will write it."""

    name: str
    address: str = ""
    payer_kana: str = ""


@transaction.atomic
def promise_company_gift(
    *,
    fund: SponsorFund,
    company: Company,
    amount_yen: int,
    promised_on: date,
    request_key: UUID,
    actor: Membership,
) -> CompanyGift:
    """Write the promise down. No money moves until the bank shows it. A repeat of the key returns the first.

    Raises NotAllowed, DayInTheFuture, FormKeyUsed; nothing is written then.
    """
    require(may_handle_money(actor))
    if promised_on > today():
        raise DayInTheFuture
    fund = SponsorFund.objects.select_related("organisation").get(pk=fund.pk)
    wanted = {
        "fund": fund,
        "company": company.name,
        "address": company.address,
        "payer_kana": company.payer_kana,
        "amount_yen": amount_yen,
        "promised_on": promised_on,
    }
    gift: CompanyGift
    gift, is_new = CompanyGift.objects.get_or_create(
        request_key=request_key, defaults={**wanted, "bank_id": fund.organisation.bank_id}
    )
    if not is_new:
        if any(getattr(gift, name) != value for name, value in wanted.items()):
            raise FormKeyUsed
        return gift
    record("company_gift.promised", actor=actor, subject=gift.source, amount_yen=amount_yen)
    return gift
