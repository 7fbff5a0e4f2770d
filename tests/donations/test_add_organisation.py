"""donations.add_organisation."""

from audit.models import Record
from donations.models import Organisation
from ledger.models import Kind


def test_an_organisation_gets_accounts_of_its_own(organisation: Organisation) -> None:
    assert organisation.clearing.kind == Kind.STRIPE_CLEARING
    assert organisation.fees.kind == Kind.PAYMENT_FEES
    assert organisation.bank.kind == Kind.BANK
    assert Record.objects.get(verb="organisation.added").facts == {"is_live": False}
