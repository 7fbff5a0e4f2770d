"""Ask a company for its promised gift by an invoice with the next number."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from audit.record import record
from donations.errors import NoReceivingAccount, NotAwaited
from donations.models import CompanyGift, Invoice, Organisation, ReceivingAccount
from donations.rules import may_handle_money
from kernel.clock import fiscal_year
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def invoice_company(*, gift: CompanyGift, issued_on: date, due_on: date, actor: Membership) -> Invoice:
    """Freeze the invoice word for word, with the organisation's next number of the fiscal year.

    The organisation's row is held while the number is taken, so that two at once get two numbers without
    a gap; an invoice is never deleted, and that of a gift called off keeps its number.
    A repeat returns the first invoice. due_on: not before issued_on (the form says so).
    Raises NotAllowed, NotAwaited, NoReceivingAccount; nothing is written then.
    """
    require(may_handle_money(actor))
    held: CompanyGift = CompanyGift.objects.select_for_update(of=("self",)).get(pk=gift.pk)
    before: Invoice | None = Invoice.objects.filter(gift=held).first()
    if before and held.is_open:
        return before
    if held.state != CompanyGift.State.PROMISED:
        raise NotAwaited
    fund = gift.fund
    organisation: Organisation = hold_numbers_of(fund.organisation_id)
    account: ReceivingAccount | None = (
        ReceivingAccount.objects.filter(organisation=organisation).order_by("-id").first()
    )
    if account is None:
        raise NoReceivingAccount
    year = fiscal_year(issued_on)
    invoice: Invoice = Invoice.objects.create(
        organisation=organisation,
        gift=held,
        year=year,
        serial=last_serial(organisation, year) + 1,
        issued_on=issued_on,
        due_on=due_on,
        amount_yen=held.amount_yen,
        company=held.company,
        company_address=held.address,
        purpose=fund.name,
        issuer=f"{organisation.shown_legal_form} {organisation.name}".strip(),
        issuer_address=organisation.address,
        account=account,
    )
    held.state = CompanyGift.State.INVOICED
    held.save(update_fields=["state"])
    record("company_gift.invoiced", actor=actor, subject=held.source, invoice=invoice.number)
    return invoice


def hold_numbers_of(organisation_id: int) -> Organisation:
    """The organisation, held so that one after the other takes a number."""
    held: Organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=organisation_id
    )
    return held


def last_serial(organisation: Organisation, year: int) -> int:
    """The last number that was given in the fiscal year, 0 before the first."""
    numbered = Invoice.objects.filter(organisation=organisation, year=year)
    return int(numbered.aggregate(last=Max("serial"))["last"] or 0)
