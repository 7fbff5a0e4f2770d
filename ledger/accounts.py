"""Open accounts, and find the program's single ones."""

from ledger.models import Account, Kind
from programs.models import Program
from programs.scoping import current_program_id


def open_account(*, kind: Kind, label: str) -> Account:
    """A new account. `label` is for people and never names a child."""
    opened: Account = Account.objects.create(kind=kind, label=label)
    return opened


def the_account(kind: Kind, label: str) -> Account:
    """The account of that kind and label, opened when it is first needed.

    The program's row is locked while looking, so that two at once do not open two.
    """
    found: Account | None = Account.objects.filter(kind=kind, label=label).first()
    if found:
        return found
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=current_program_id())
    found = Account.objects.filter(kind=kind, label=label).first()
    return found or open_account(kind=kind, label=label)
