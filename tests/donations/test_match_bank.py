"""donations.propose_matches, match_bank and set_line_aside: what a line is the money of, booked by one click."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from donations.approve_offline_gift import approve_offline_gift
from donations.cancel_company_gift import cancel_company_gift
from donations.errors import DoesNotFit, LineExplained, TookItIn
from donations.match_bank import match_bank
from donations.models import BankLine, BankMatch, Campaign, CompanyGift, Organisation, Payout, SponsorFund
from donations.propose_matches import Proposal, proposals, unexplained_lines
from donations.set_line_aside import set_line_aside
from donations.stripe_said import PayoutSaid
from donations.take_in_payout import take_in_payout
from donations.take_in_statement import take_in_statement
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import a_fund, a_promise, csv_of, noted, promised, second_person
from tests.donations.conftest import moved
from tests.donations.test_books import violations

FROM_AOZORA = ("2027/3/12", "300000", "", "振込 ｶ)ｱｵｿﾞﾗ")


@pytest.fixture
def fund(organisation: Organisation, office: Membership) -> Iterator[SponsorFund]:
    yield a_fund(organisation, office)
    assert violations() == []


@pytest.fixture
def gift(fund: SponsorFund, office: Membership) -> CompanyGift:
    return promised(fund, office)


def lines(organisation: Organisation, actor: Membership, *rows: tuple[str, str, str, str]) -> list[BankLine]:
    """Read in by one person; `actor` is the other, who confirms."""
    take_in_statement(
        organisation=organisation,
        content=csv_of(*rows),
        actor=second_person(Program.objects.get(pk=actor.program_id)),
    )
    return list(BankLine.objects.order_by("on", "id"))


def abouts(proposal: Proposal) -> tuple[str, list[str]]:
    sure = proposal.sure.about if proposal.sure else ""
    return sure, sorted(one.about for one in proposal.possible)


def test_who_read_the_statement_in_does_not_make_money_of_its_lines(
    organisation: Organisation, gift: CompanyGift, office: Membership
) -> None:
    (line,) = lines(organisation, office, FROM_AOZORA)

    with pytest.raises(TookItIn):
        match_bank(line=line, about=gift.source, actor=line.statement.taken_in_by)
    gift.refresh_from_db()
    assert gift.state != "received" and not BankMatch.objects.exists()


def test_a_payout_is_seen_to_arrive_and_moves_nothing_more(
    organisation: Organisation, office: Membership
) -> None:
    said = PayoutSaid("po_1", 9_640, date(2027, 3, 11), Payout.State.PAID)
    payout = take_in_payout(organisation_id=organisation.pk, said=said)
    (line,) = lines(organisation, office, ("2027/3/12", "9640", "", "振込 ストライプジヤパン(カ"))
    (proposal,) = proposals(organisation)
    assert abouts(proposal) == (payout.source, [payout.source])
    before = moved()

    match_bank(line=line, about=payout.source, actor=office)

    assert moved() == before and proposals(organisation) == []
    assert violations() == []


def test_a_sure_match_is_proposed_and_one_click_books_it(
    organisation: Organisation, gift: CompanyGift, fund: SponsorFund, office: Membership
) -> None:
    (line,) = lines(organisation, office, FROM_AOZORA)
    (proposal,) = proposals(organisation)
    assert abouts(proposal) == (gift.source, [gift.source])

    for _ in range(2):
        match = match_bank(line=line, about=gift.source, actor=office)

    gift.refresh_from_db()
    assert (match.source, gift.state, gift.received_on) == (gift.source, "received", line.on)
    assert moved() == [(gift.source, 1, "bank", "fund", 300_000)]
    assert not unexplained_lines().exists() and BankMatch.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "near"),
    [
        (("2027/3/12", "300000", "", "ｶ)ﾐﾄﾞﾘ"), True),  # another payer
        (("2027/3/12", "299450", "", "ｶ)ｱｵｿﾞﾗ"), False),  # another amount
        (("2027/2/1", "300000", "", "ｶ)ｱｵｿﾞﾗ"), False),  # long before the promise
    ],
)
def test_what_is_not_the_same_is_not_sure(
    organisation: Organisation,
    gift: CompanyGift,
    office: Membership,
    row: tuple[str, str, str, str],
    near: bool,
) -> None:
    lines(organisation, office, row)
    (proposal,) = proposals(organisation)
    assert abouts(proposal) == ("", [gift.source] if near else [])


def test_two_that_could_be_meant_are_never_sure(
    organisation: Organisation, gift: CompanyGift, fund: SponsorFund, office: Membership
) -> None:
    lines(organisation, office, FROM_AOZORA, FROM_AOZORA)
    assert [one.sure for one in proposals(organisation)] == [None, None]  # two lines, one gift

    promised(fund, office)
    assert [one.sure for one in proposals(organisation)] == [None, None]  # two lines, two gifts


def test_a_promised_grant_is_paid_in_parts(organisation: Organisation, office: Membership) -> None:
    grant = a_promise(office, organisation=organisation)
    first, second = lines(
        organisation,
        office,
        ("2027/3/11", "400000", "", "ｼﾌﾞﾔｸ"),
        ("2027/3/12", "600000", "", "ｼﾌﾞﾔｸ"),
    )
    assert [abouts(one) for one in proposals(organisation)] == [("", [grant.source])] * 2

    match_bank(line=first, about=grant.source, actor=office)
    assert [abouts(one) for one in proposals(organisation)] == [(grant.source, [grant.source])]
    for _ in range(2):
        match_bank(line=second, about=grant.source, actor=office)

    grant.refresh_from_db()
    assert (grant.state, grant.amount_yen, balance_yen(grant.fund)) == ("received", 1_000_000, 1_000_000)
    assert Transfer.objects.count() == 2


def test_a_gift_by_hand_is_explained_without_a_second_booking(
    organisation: Organisation, campaign: Campaign, office: Membership, program: Program
) -> None:
    noted(campaign, office, way="transfer", donor_name="ヤマダハナコ")  # waiting: proposes nothing
    gift = noted(campaign, office, way="transfer", donor_name="ヤマダハナコ")
    approve_offline_gift(gift=gift, actor=second_person(program))
    (line,) = lines(organisation, office, ("2027/3/10", "50000", "", "ﾔﾏﾀﾞ ﾊﾅｺ"))
    before = Transfer.objects.count()
    (proposal,) = proposals(organisation)

    assert proposal.sure
    match_bank(line=line, about=proposal.sure.about, actor=office)
    assert Transfer.objects.count() == before and not proposals(organisation)


def test_an_explained_line_is_refused_and_nothing_is_booked(
    organisation: Organisation, gift: CompanyGift, fund: SponsorFund, office: Membership
) -> None:
    other = promised(fund, office)
    (line,) = lines(organisation, office, FROM_AOZORA)
    match_bank(line=line, about=gift.source, actor=office)

    with pytest.raises(LineExplained):
        match_bank(line=line, about=other.source, actor=office)
    with pytest.raises(LineExplained):
        set_line_aside(line=line, words="x", actor=office)
    other.refresh_from_db()
    assert other.state == "promised" and Transfer.objects.count() == 1


def test_what_does_not_fit_is_refused(
    organisation: Organisation, gift: CompanyGift, office: Membership
) -> None:
    (line,) = lines(organisation, office, ("2027/3/12", "1", "", "x"))
    with pytest.raises(DoesNotFit):  # open, but of another amount
        match_bank(line=line, about=gift.source, actor=office)
    cancelled = cancel_company_gift(gift=gift, actor=office)
    for about in (cancelled.source, "company_gift:999", "grant:x", "nothing", "donation:1;", "payout:1"):
        with pytest.raises(DoesNotFit):
            match_bank(line=line, about=about, actor=office)
    assert not BankMatch.objects.exists() and not Transfer.objects.exists()


def test_a_line_is_set_aside_with_a_reason(organisation: Organisation, office: Membership) -> None:
    (line,) = lines(organisation, office, ("2027/3/12", "1", "", "利息"))
    for _ in range(2):
        assert set_line_aside(line=line, words="預金利息", actor=office).source == ""
    assert not unexplained_lines().exists() and BankMatch.objects.count() == 1


def test_the_database_keeps_one_match_per_line_and_one_line_per_booking(
    organisation: Organisation, gift: CompanyGift, office: Membership
) -> None:
    line, other = lines(organisation, office, FROM_AOZORA, ("2027/3/12", "1", "", "x"))
    match_bank(line=line, about=gift.source, actor=office)
    for fields, name in (
        ({"line": line, "words": "x"}, "bank_match_one_per_line"),
        ({"line": other, "source": gift.source}, "bank_match_one_per_source"),
        ({"line": other}, "bank_match_says_why"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            BankMatch.objects.create(matched_by=office, **fields)


def test_a_stranger_may_not(
    organisation: Organisation, gift: CompanyGift, office: Membership, stranger: Membership
) -> None:
    (line,) = lines(organisation, office, FROM_AOZORA)
    with pytest.raises(NotAllowed):
        match_bank(line=line, about=gift.source, actor=stranger)
    with pytest.raises(NotAllowed):
        set_line_aside(line=line, words="x", actor=stranger)
    assert not BankMatch.objects.exists()


def test_another_program_does_not_see_it(
    organisation: Organisation, gift: CompanyGift, office: Membership, other_program: Program
) -> None:
    (line,) = lines(organisation, office, FROM_AOZORA)
    match_bank(line=line, about=gift.source, actor=office)
    with acting_in(other_program.pk):
        assert not BankMatch.objects.exists() and not unexplained_lines().exists()
