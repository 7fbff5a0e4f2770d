"""Sponsor funds and company gifts: open_sponsor_fund, promise_company_gift, set_receiving_account,
invoice_company, cancel_company_gift, receive_company_gift."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from donations.cancel_company_gift import cancel_company_gift
from donations.errors import (
    AnotherAmountCame,
    DayInTheFuture,
    FormKeyUsed,
    NoReceivingAccount,
    NotAwaited,
    SponsorFundExists,
)
from donations.invoice_company import invoice_company
from donations.models import CompanyGift, Invoice, Organisation, ReceivingAccount, SponsorFund
from donations.receive_company_gift import receive_company_gift
from donations.set_receiving_account import AccountFacts, set_receiving_account
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import DAY, FACTS, a_fund, promised, with_account
from tests.donations.conftest import moved
from tests.donations.test_books import violations

DUE = date(2027, 4, 30)


@pytest.fixture
def fund(organisation: Organisation, office: Membership) -> Iterator[SponsorFund]:
    yield a_fund(organisation, office)
    assert violations() == []


@pytest.fixture
def gift(fund: SponsorFund, organisation: Organisation, office: Membership) -> CompanyGift:
    with_account(organisation, office)
    return promised(fund, office)


def invoice(gift: CompanyGift, actor: Membership, on: date = DAY) -> Invoice:
    return invoice_company(gift=gift, issued_on=on, due_on=DUE, actor=actor)


def receive(gift: CompanyGift, actor: Membership, yen: int = 300_000) -> CompanyGift:
    return receive_company_gift(gift=gift, amount_yen=yen, received_on=DAY, actor=actor)


def test_a_fund_has_an_account_of_its_own_and_one_name(
    fund: SponsorFund, organisation: Organisation, office: Membership
) -> None:
    other = a_fund(organisation, office, "別の基金")

    assert fund.account != other.account and balance_yen(fund.account) == 0
    accounts = Account.objects.count()
    with pytest.raises(SponsorFundExists):
        a_fund(organisation, office)
    assert Account.objects.count() == accounts


def test_a_promise_moves_no_money_and_a_repeat_is_one(fund: SponsorFund, office: Membership) -> None:
    key = uuid4()

    assert promised(fund, office, request_key=key) == promised(fund, office, request_key=key)
    with pytest.raises(FormKeyUsed):
        promised(fund, office, request_key=key, amount_yen=1)
    with pytest.raises(DayInTheFuture):
        promised(fund, office, promised_on=date(2027, 4, 1))
    assert CompanyGift.objects.count() == 1 and not Transfer.objects.exists()


def test_the_invoice_is_frozen_word_for_word(
    gift: CompanyGift, organisation: Organisation, office: Membership
) -> None:
    made = invoice(gift, office)
    other = AccountFacts(**{**vars(FACTS), "number": "7654321"})
    set_receiving_account(organisation=organisation, facts=other, actor=office)

    assert (made.number, made.amount_yen, made.company) == ("2026-0001", 300_000, "株式会社あおぞら")
    assert made.issuer == "認定NPO法人 まなびの会" and made.account.number == "0123456"
    assert invoice(gift, office) == made  # a repeat
    gift.refresh_from_db()
    assert gift.state == "invoiced"


def test_numbers_have_no_gaps_per_organisation_and_fiscal_year(
    fund: SponsorFund, gift: CompanyGift, office: Membership
) -> None:
    invoice(gift, office)
    cancel_company_gift(gift=gift, actor=office)
    numbers = [invoice(promised(fund, office), office).number for _ in range(2)]
    next_year = invoice(promised(fund, office), office, on=date(2027, 4, 1)).number

    assert numbers == ["2026-0002", "2026-0003"] and next_year == "2027-0001"
    assert Invoice.objects.get(serial=1, year=2026).gift == gift  # called off, and its number stays


def test_without_an_account_there_is_no_invoice(fund: SponsorFund, office: Membership) -> None:
    awaited = promised(fund, office)

    with pytest.raises(NoReceivingAccount):
        invoice(awaited, office)
    awaited.refresh_from_db()
    assert awaited.state == "promised" and not Invoice.objects.exists()


def test_the_same_account_again_is_one_row(organisation: Organisation, office: Membership) -> None:
    for _ in range(2):
        with_account(organisation, office)
    assert ReceivingAccount.objects.count() == 1


def test_the_money_is_booked_once(gift: CompanyGift, fund: SponsorFund, office: Membership) -> None:
    invoice(gift, office)
    for _ in range(2):
        assert receive(gift, office).state == "received"

    assert moved() == [(gift.source, 1, "bank", "fund", 300_000)]
    assert balance_yen(fund.account) == 300_000


def test_another_amount_is_refused_with_what_to_do(gift: CompanyGift, office: Membership) -> None:
    with pytest.raises(AnotherAmountCame) as refused:
        receive(gift, office, yen=299_450)
    assert "299,450" in str(refused.value) and "300,000" in str(refused.value)
    assert not Transfer.objects.exists()


def test_what_was_called_off_is_neither_invoiced_nor_received(gift: CompanyGift, office: Membership) -> None:
    for _ in range(2):
        cancel_company_gift(gift=gift, actor=office)

    with pytest.raises(NotAwaited):
        receive(gift, office)
    with pytest.raises(NotAwaited):
        invoice(gift, office)
    assert not Transfer.objects.exists() and not Invoice.objects.exists()


def test_what_came_is_not_called_off(gift: CompanyGift, office: Membership) -> None:
    receive(gift, office)
    with pytest.raises(NotAwaited):
        cancel_company_gift(gift=gift, actor=office)
    gift.refresh_from_db()
    assert gift.state == "received"


def test_an_invoice_cannot_be_changed(gift: CompanyGift, office: Membership) -> None:
    invoice(gift, office)
    with pytest.raises(Exception, match="permission denied|append"), transaction.atomic():
        Invoice.objects.update(amount_yen=1)


def test_the_database_keeps_numbers_apart(gift: CompanyGift, fund: SponsorFund, office: Membership) -> None:
    made = invoice(gift, office)
    facts = {f.attname: getattr(made, f.attname) for f in Invoice._meta.fields if f.attname != "id"}
    with pytest.raises(IntegrityError, match="invoice_number_once"), transaction.atomic():
        Invoice.objects.create(**{**facts, "gift_id": promised(fund, office).pk})


def test_a_stranger_may_do_none_of_it(
    gift: CompanyGift, fund: SponsorFund, organisation: Organisation, stranger: Membership
) -> None:
    for act in (
        lambda: a_fund(organisation, stranger, "x"),
        lambda: promised(fund, stranger),
        lambda: invoice(gift, stranger),
        lambda: receive(gift, stranger),
        lambda: cancel_company_gift(gift=gift, actor=stranger),
        lambda: with_account(organisation, stranger),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert CompanyGift.objects.get().state == "promised" and not Transfer.objects.exists()


def test_another_program_sees_nothing(gift: CompanyGift, office: Membership, other_program: Program) -> None:
    invoice(gift, office)
    with acting_in(other_program.pk):
        for model in (SponsorFund, CompanyGift, Invoice, ReceivingAccount):
            assert not model.objects.exists()
