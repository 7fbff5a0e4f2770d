"""donations.issue_receipt: a number without gaps, and a paper, for money that is settled."""

import hashlib
import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.models import Record
from donations import books
from donations.ask_for_receipt import ask_for_year
from donations.errors import (
    AlreadyOnReceipt,
    NothingToReceipt,
    NotSettled,
    ReceiptSettingsMissing,
    TaxYearNotOver,
)
from donations.issue_receipt import issue_asked, issue_receipt
from donations.models import (
    Campaign,
    Donation,
    Organisation,
    Receipt,
    ReceiptCounter,
    ReceiptLine,
    ReceiptPaper,
)
from kernel.errors import NotAllowed, Refused
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.receipts_cast import HANAKO, MAIL, a_gift, a_receipt, an_ask, set_up


@pytest.fixture(autouse=True)
def ready(organisation: Organisation, office: Membership) -> None:
    set_up(organisation, office)


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (Receipt, ReceiptLine, ReceiptPaper, ReceiptCounter))


def test_a_settled_gift_gets_number_one_and_a_paper(campaign: Campaign, office: Membership) -> None:
    receipt = a_receipt(campaign, office, yen=30_000)

    assert receipt.full_number == "2026-000001"
    assert (receipt.amount_yen, receipt.first_day, receipt.is_deductible) == (30_000, date(2026, 9, 21), True)
    paper = receipt.papers.get()
    assert paper.copy == 1 and paper.pdf.startswith(b"%PDF-1.7")
    assert paper.sha256 == hashlib.sha256(paper.pdf).hexdigest()
    assert Record.objects.get(verb="receipt.issued").facts == {"amount_yen": 30_000}
    assert Message.objects.filter(topic="receipt_issued").count() == 1
    assert verify(books.CLAIMS, books.MORE) == []


def test_the_name_stands_nowhere_in_the_tables(campaign: Campaign, office: Membership) -> None:
    receipt = a_receipt(campaign, office)

    columns = [
        bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
        for row in (receipt, receipt.ask, receipt.papers.get())
        for value in type(row).objects.filter(pk=row.pk).values().get().values()
    ]
    clear = ["𠮷子".encode(), json.dumps("𠮷子")[1:-1].encode(), b"%PDF-1.7"]
    assert not [words for words in clear if any(words in column for column in columns)]
    assert receipt.words["addressee"]["name"] == HANAKO.name


def test_numbers_run_on_and_each_year_and_organisation_has_its_own(
    campaign: Campaign, office: Membership
) -> None:
    other = set_up(make_organisation(office, key="sk_test_other"), office)
    others = make_campaign(other, office, title="別の呼びかけ")

    numbers = [
        a_receipt(*one).full_number if len(one) == 2 else a_receipt(one[0], one[1], on=one[2]).full_number
        for one in [
            (campaign, office),
            (campaign, office),
            (others, office),
            (campaign, office, date(2025, 12, 31)),
            (campaign, office),
        ]
    ]

    assert numbers == ["2026-000001", "2026-000002", "2026-000001", "2025-000001", "2026-000003"]
    assert verify(books.CLAIMS, books.MORE) == []


def test_what_is_rolled_back_leaves_no_gap(campaign: Campaign, office: Membership) -> None:
    asks = [an_ask(a_gift(campaign, office)) for _ in range(2)]
    with pytest.raises(RuntimeError), transaction.atomic():
        issue_receipt(ask=asks[0], actor=office)
        raise RuntimeError("the power goes")
    assert nothing_written()

    assert issue_receipt(ask=asks[1], actor=office)[0].number == 1
    assert issue_receipt(ask=asks[0], actor=office)[0].number == 2


def test_a_repeat_is_refused_and_no_number_is_used(campaign: Campaign, office: Membership) -> None:
    receipt = a_receipt(campaign, office)

    with pytest.raises(AlreadyOnReceipt):
        issue_receipt(ask=receipt.ask, actor=office)
    assert ReceiptCounter.objects.get().last_number == 1 and Receipt.objects.count() == 1


def test_the_database_keeps_a_gift_on_one_valid_receipt(campaign: Campaign, office: Membership) -> None:
    receipt = a_receipt(campaign, office)
    line = receipt.lines.get()

    with pytest.raises(IntegrityError, match="receipt_gift_on_one"), transaction.atomic():
        ReceiptLine.objects.create(
            receipt=receipt, donation=line.donation, amount_yen=line.amount_yen, day=line.day
        )


@pytest.mark.parametrize("paid", [{"fee_yen": None}, {"state": "pending", "fee_yen": None}])
def test_a_gift_that_is_not_settled_gets_none(
    campaign: Campaign, office: Membership, paid: dict[str, object]
) -> None:
    ask = an_ask(a_gift(campaign, office))
    Donation.objects.filter(pk=ask.donation_id).update(**paid)

    with pytest.raises(NotSettled):
        issue_receipt(ask=ask, actor=office)
    assert nothing_written()


def test_an_organisation_without_its_words_issues_none(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office, certification_number="")
    ask = an_ask(a_gift(campaign, office))

    with pytest.raises(ReceiptSettingsMissing):
        issue_receipt(ask=ask, actor=office)
    assert nothing_written()


def test_a_year_is_one_receipt_and_leaves_out_what_has_its_own(
    campaign: Campaign, organisation: Organisation, program: Program, office: Membership
) -> None:
    a_receipt(campaign, office, yen=1_000)
    for day, yen in ((date(2026, 1, 1), 2_000), (date(2026, 12, 31), 3_000), (date(2027, 1, 1), 5_000)):
        a_gift(campaign, office, yen=yen, on=day)
    a_gift(campaign, office, yen=7_000, email="another@example.jp")
    hanako = member(program, Role.DONOR, MAIL)
    ask = ask_for_year(organisation=organisation, year=2026, addressee=HANAKO, actor=hanako)

    (receipt,) = issue_receipt(ask=ask, actor=office)

    assert (receipt.full_number, receipt.amount_yen) == ("2026-000002", 5_000)
    assert (receipt.first_day, receipt.last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(NothingToReceipt):
        issue_receipt(ask=ask, actor=office)
    assert verify(books.CLAIMS, books.MORE) == []


def test_a_year_is_split_where_the_certification_ends(
    campaign: Campaign, organisation: Organisation, program: Program, office: Membership
) -> None:
    set_up(organisation, office, certified_until=date(2026, 6, 30))
    for day, yen in ((date(2026, 6, 30), 1_000), (date(2026, 7, 1), 2_000), (date(2026, 3, 1), 4_000)):
        a_gift(campaign, office, yen=yen, on=day)
    ask = ask_for_year(
        organisation=organisation, year=2026, addressee=HANAKO, actor=member(program, Role.DONOR, MAIL)
    )

    inside, outside = issue_receipt(ask=ask, actor=office)

    assert (inside.number, inside.amount_yen, inside.is_deductible) == (1, 5_000, True)
    assert (outside.number, outside.amount_yen, outside.is_deductible) == (2, 2_000, False)
    assert outside.words["title"] == "寄附金受領書"


def test_a_year_that_is_not_over_waits(
    campaign: Campaign, organisation: Organisation, program: Program, office: Membership
) -> None:
    a_gift(campaign, office, on=date(2027, 2, 1))
    ask = ask_for_year(
        organisation=organisation, year=2027, addressee=HANAKO, actor=member(program, Role.DONOR, MAIL)
    )

    with pytest.raises(TaxYearNotOver):
        issue_receipt(ask=ask, actor=office)
    assert nothing_written()


def test_a_stranger_may_not(campaign: Campaign, office: Membership, stranger: Membership) -> None:
    ask = an_ask(a_gift(campaign, office))

    with pytest.raises(NotAllowed):
        issue_receipt(ask=ask, actor=stranger)
    assert nothing_written()


def test_another_programs_ask_is_not_there(
    campaign: Campaign, office: Membership, other_program: Program
) -> None:
    ask = an_ask(a_gift(campaign, office))

    with acting_in(other_program.pk), pytest.raises(type(ask).DoesNotExist):
        issue_asked(ask=ask, actor=None)
    assert nothing_written()


def test_numbers_with_a_gap_are_a_violation(campaign: Campaign, office: Membership) -> None:
    a_receipt(campaign, office)
    a_receipt(campaign, office)
    Receipt.objects.filter(number=2).update(number=3)

    assert len([words for words in verify(books.CLAIMS, books.MORE) if "numbers 1 to 2" in words]) == 1


def test_refusals_have_words() -> None:
    for refusal in (NotSettled, AlreadyOnReceipt, NothingToReceipt, ReceiptSettingsMissing, TaxYearNotOver):
        assert issubclass(refusal, Refused) and str(refusal())
