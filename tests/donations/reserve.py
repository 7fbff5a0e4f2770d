"""Running costs with money, and fillings of the loss reserve, made through the verbs."""

from typing import Any
from uuid import uuid4

from donations.models import ReserveFill
from donations.propose_fill import propose_fill, running_costs
from ledger.accounts import the_account
from ledger.models import Kind
from ledger.post import post
from programs.models import Membership


def with_running_costs(yen: int = 50_000) -> None:
    bank = the_account(Kind.BANK, "bank")
    post(debit=bank, credit=running_costs(), amount_yen=yen, source=f"opening:{uuid4().hex[:8]}")


def asked(actor: Membership, amount_yen: int = 30_000, **changes: Any) -> ReserveFill:
    said = {"reason": "返金のため", "request_key": uuid4(), **changes}
    return propose_fill(amount_yen=amount_yen, actor=actor, **said)
