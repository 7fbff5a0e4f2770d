"""Open a fund with a sponsor's name and its conditions in words."""

from django.db import transaction

from audit.record import record
from donations.errors import SponsorFundExists
from donations.models import Organisation, SponsorFund
from donations.rules import may_handle_money
from ledger.accounts import open_account
from ledger.models import Kind
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def open_sponsor_fund(
    *, organisation: Organisation, name: str, conditions: str, is_public: bool, actor: Membership
) -> SponsorFund:
    """A fund of its own, apart from all others. Whoever issues coupons from it reads its conditions.

    Raises NotAllowed, SponsorFundExists; nothing is written then.
    """
    require(may_handle_money(actor))
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    if SponsorFund.objects.filter(name=name).exists():
        raise SponsorFundExists
    fund: SponsorFund = SponsorFund.objects.create(
        organisation=organisation,
        account=open_account(kind=Kind.FUND, label=name),
        name=name,
        conditions=conditions,
        is_public=is_public,
    )
    record("sponsor_fund.opened", actor=actor, subject=f"sponsor_fund:{fund.pk}", is_public=is_public)
    return fund
