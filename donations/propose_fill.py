"""Ask that running costs go into the loss reserve. A second person moves the money (fill_reserve)."""

from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.errors import FormKeyUsed, ReasonNeeded, RunningCostsTooLow
from donations.models import ReserveFill
from donations.open_campaign import OPERATING
from donations.rules import may_fill_reserve
from donations.take_back import loss_reserve
from kernel.yen import written_yen
from ledger.accounts import the_account
from ledger.balances import balance_yen
from ledger.models import Account, Kind
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def propose_fill(*, amount_yen: int, reason: str, request_key: UUID, actor: Membership) -> ReserveFill:
    """Write down how much and why. No money moves. A repeat of the key returns the first.

    Raises NotAllowed, ReasonNeeded, RunningCostsTooLow, FormKeyUsed; nothing is written then.
    """
    require(may_fill_reserve(actor))
    if not reason.strip():
        raise ReasonNeeded
    operating = running_costs()
    wanted = {"amount_yen": amount_yen, "reason": reason.strip(), "operating": operating}
    asked: ReserveFill
    asked, is_new = ReserveFill.objects.get_or_create(
        request_key=request_key, defaults={**wanted, "reserve": loss_reserve(), "asked_by": actor}
    )
    if not is_new:
        if any(getattr(asked, name) != value for name, value in wanted.items()):
            raise FormKeyUsed
        return asked
    check_running_costs(operating, amount_yen)
    record("reserve_fill.asked", actor=actor, subject=asked.source, amount_yen=amount_yen)
    return asked


def running_costs() -> Account:
    """The program's account for running costs."""
    return the_account(Kind.OPERATING, OPERATING)


def check_running_costs(operating: Account, amount_yen: int) -> None:
    """Running costs never go below zero for it."""
    held_yen = balance_yen(operating)
    if amount_yen > held_yen:
        raise RunningCostsTooLow(yen=written_yen(max(held_yen, 0)))
