"""Book a grant of a city or a sponsor that came by bank."""

from datetime import date
from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import GrantKeyUsed
from donations.models import Grant
from donations.rules import may_receive_grants
from ledger.accounts import the_account
from ledger.models import Kind
from ledger.post import post
from programs.models import Membership
from programs.rules import require

BANK = "bank"


@transaction.atomic
def receive_grant(
    *, funder: str, amount_yen: int, received_on: date, note: str, request_key: UUID, actor: Membership
) -> Grant:
    """Bank -> the funder's fund, opened with its first grant: money that may become coupons.

    Repeating a `request_key` returns the first grant and moves no money.
    Raises NotAllowed, GrantKeyUsed when the key came with other figures; nothing is written then.
    """
    require(may_receive_grants(actor))
    bank, fund = the_account(Kind.BANK, BANK), the_account(Kind.FUND, funder)
    wanted = {"funder": funder, "amount_yen": amount_yen, "received_on": received_on}
    grant: Grant
    grant, is_new = Grant.objects.get_or_create(
        request_key=request_key, defaults={**wanted, "bank": bank, "fund": fund, "note": note}
    )
    if not is_new:
        if any(getattr(grant, name) != value for name, value in wanted.items()):
            raise GrantKeyUsed
        return grant
    post(debit=bank, credit=fund, amount_yen=amount_yen, source=grant.source)
    record("grant.received", actor=actor, subject=grant.source, amount_yen=amount_yen)
    return grant
