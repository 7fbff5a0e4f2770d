"""Book a company's gift when the bank shows it."""

from datetime import date

from django.db import transaction

from audit.record import record
from donations.errors import AnotherAmountCame, DayInTheFuture, NotAwaited
from donations.models import CompanyGift
from donations.rules import may_handle_money
from kernel.clock import today
from kernel.yen import written_yen
from ledger.post import post
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def receive_company_gift(
    *, gift: CompanyGift, amount_yen: int, received_on: date, actor: Membership
) -> CompanyGift:
    """Bank -> the sponsor's fund, once. A company may also pay before it was sent an invoice.

    A repeat with the same amount is the same as once.
    Raises NotAllowed, DayInTheFuture, AnotherAmountCame, NotAwaited; nothing is written then.
    """
    require(may_handle_money(actor))
    held: CompanyGift = (
        CompanyGift.objects.select_for_update(of=("self",))
        .select_related("bank", "fund__account")
        .get(pk=gift.pk)
    )
    if received_on > today():
        raise DayInTheFuture
    if amount_yen != held.amount_yen:
        raise AnotherAmountCame(came=written_yen(amount_yen), promised=written_yen(held.amount_yen))
    if held.state == CompanyGift.State.RECEIVED:
        return held
    if not held.is_open:
        raise NotAwaited
    held.state, held.received_on = CompanyGift.State.RECEIVED, received_on
    held.save(update_fields=["state", "received_on"])
    leg = held.undone_times + 1  # money that was taken back again has its own leg
    post(debit=held.bank, credit=held.fund.account, amount_yen=amount_yen, source=held.source, leg=leg)
    record("company_gift.received", actor=actor, subject=held.source, amount_yen=amount_yen)
    return held
