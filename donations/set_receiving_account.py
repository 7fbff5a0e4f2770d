"""Say which bank account an organisation's invoices name."""

from dataclasses import asdict, dataclass

from django.db import transaction

from audit.record import record
from donations.models import Organisation, ReceivingAccount
from donations.rules import may_handle_money
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class AccountFacts:
    """The account as the bank writes it."""

    bank_name: str
    branch_name: str
    sort: str  # ReceivingAccount.Sort
    number: str  # seven digits
    holder: str


@transaction.atomic
def set_receiving_account(
    *, organisation: Organisation, facts: AccountFacts, actor: Membership
) -> ReceivingAccount:
    """From now on invoices name this account; those sent before keep theirs. The same again changes nothing.

    Raises NotAllowed; nothing is written then.
    """
    require(may_handle_money(actor))
    said = asdict(facts)
    held = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    newest: ReceivingAccount | None = held.accounts.order_by("-id").first()
    if newest and all(getattr(newest, name) == value for name, value in said.items()):
        return newest
    account: ReceivingAccount = ReceivingAccount.objects.create(organisation=held, set_by=actor, **said)
    record("receiving_account.set", actor=actor, subject=f"organisation:{held.pk}", account=account.pk)
    return account
