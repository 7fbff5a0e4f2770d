"""donations.unmatch_bank: a wrong match is taken back, its money too, by two people, and the books agree."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Record
from donations.books import CLAIMS, MORE
from donations.errors import LineExplained, MatchedItYourself, MoneyWasUsed, ReasonNeeded
from donations.invoice_company import invoice_company
from donations.match_bank import match_bank, standing_match
from donations.models import (
    BankLine,
    BankMatch,
    BankUnmatch,
    CompanyGift,
    Organisation,
    Payout,
    SponsorFund,
)
from donations.propose_matches import proposals, unexplained_lines
from donations.set_line_aside import set_line_aside
from donations.stripe_said import PayoutSaid
from donations.take_in_payout import take_in_payout
from donations.unmatch_bank import unmatch_bank
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.verify import verify
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import (
    a_fund,
    a_promise,
    let_coupons_come_from_promises,
    promised,
    second_person,
    with_account,
)
from tests.donations.conftest import moved
from tests.donations.test_match_bank import FROM_AOZORA, lines
from tests.donations.test_refund import spend_on_coupons
from tests.families.screens import signed_in_as, url

WHY = "別の会社の入金だった"


@pytest.fixture
def fund(organisation: Organisation, office: Membership) -> Iterator[SponsorFund]:
    yield a_fund(organisation, office)
    # What became of the money in coupons is claimed by another floor.
    assert [one for one in verify(CLAIMS, MORE) if "of test-issue:" not in one] == []


@pytest.fixture
def gift(fund: SponsorFund, office: Membership) -> CompanyGift:
    return promised(fund, office)


@pytest.fixture
def second(program: Program) -> Membership:
    return second_person(program)


@pytest.fixture
def match(organisation: Organisation, gift: CompanyGift, office: Membership) -> BankMatch:
    """300,000 yen booked for a company's gift by `office`; `second` had read the statement in."""
    (line,) = lines(organisation, office, FROM_AOZORA)
    return match_bank(line=line, about=gift.source, actor=office)


def test_money_of_a_wrong_match_leaves_the_fund_by_a_reverse_transfer_once(
    match: BankMatch, gift: CompanyGift, fund: SponsorFund, second: Membership
) -> None:
    for _ in range(2):
        undone = unmatch_bank(match=match, words=WHY, actor=second)

    gift.refresh_from_db()
    assert (gift.state, gift.received_on, gift.undone_times) == ("promised", None, 1)
    assert moved() == [
        (f"company_gift-undone:{gift.pk}", 1, "fund", "bank", 300_000),
        (gift.source, 1, "bank", "fund", 300_000),
    ]
    assert balance_yen(fund.account) == 0 and standing_match(match.line) is None
    assert unexplained_lines().get() == match.line and undone.words == WHY
    assert Record.objects.get(verb="bank_line.unmatched").actor_id == second.pk
    assert verify(CLAIMS, MORE) == []


def test_the_line_and_the_gift_can_be_matched_anew_and_undone_anew(
    match: BankMatch, gift: CompanyGift, fund: SponsorFund, office: Membership, second: Membership
) -> None:
    for turn in (2, 3):
        unmatch_bank(match=standing_match(match.line) or match, words=WHY, actor=second)
        (proposal,) = proposals(match.line.organisation)
        assert proposal.sure and proposal.sure.about == gift.source
        again = match_bank(line=match.line, about=gift.source, actor=office)
        assert (again.turn, again.source_turn, balance_yen(fund.account)) == (turn, turn, 300_000)
        assert verify(CLAIMS, MORE) == []
    assert (
        unmatch_bank(match=match, words=WHY, actor=second).match_id == match.pk
    )  # a late repeat undoes nothing
    assert balance_yen(fund.account) == 300_000


def test_an_invoiced_gift_is_awaited_by_its_invoice_again(
    organisation: Organisation, match: BankMatch, gift: CompanyGift, office: Membership, second: Membership
) -> None:
    unmatch_bank(match=match, words=WHY, actor=second)
    with_account(organisation, office)
    on = date(2027, 3, 20)
    invoice_company(gift=gift, issued_on=on, due_on=on, actor=office)
    again = match_bank(line=match.line, about=gift.source, actor=office)

    unmatch_bank(match=again, words=WHY, actor=second)

    gift.refresh_from_db()
    assert gift.state == "invoiced" and gift.is_open


@pytest.mark.parametrize("counts", [False, True])
def test_a_part_of_a_grant_is_awaited_again_and_the_other_part_stays(
    organisation: Organisation, fund: SponsorFund, office: Membership, second: Membership, counts: bool
) -> None:
    if counts:
        let_coupons_come_from_promises()
    grant = a_promise(office, organisation=organisation)
    first, rest = lines(
        organisation, office, ("2027/3/11", "400000", "", "ｼﾌﾞﾔｸ"), ("2027/3/12", "600000", "", "ｼﾌﾞﾔｸ")
    )
    for line in (first, rest):
        match_bank(line=line, about=grant.source, actor=office)
    wrong = standing_match(rest)
    assert wrong
    before = balance_yen(grant.fund)

    unmatch_bank(match=wrong, words=WHY, actor=second)

    grant.refresh_from_db()
    assert (grant.state, grant.awaited_yen, grant.received_on) == ("promised", 600_000, date(2027, 3, 11))
    assert balance_yen(grant.fund) == (before if counts else 400_000)
    assert verify(CLAIMS, MORE) == []
    match_bank(line=rest, about=grant.source, actor=office)
    grant.refresh_from_db()
    assert (grant.state, balance_yen(grant.fund)) == ("received", 1_000_000)


def test_what_only_showed_money_is_undone_by_one_person_and_moves_nothing(
    organisation: Organisation, fund: SponsorFund, office: Membership
) -> None:
    said = PayoutSaid("po_1", 9_640, date(2027, 3, 11), Payout.State.PAID)
    payout = take_in_payout(organisation_id=organisation.pk, said=said)
    arrived, interest = lines(
        organisation, office, ("2027/3/11", "9640", "", "ｽﾄﾗｲﾌﾟ"), ("2027/3/12", "1", "", "利息")
    )
    made = [
        match_bank(line=arrived, about=payout.source, actor=office),
        set_line_aside(line=interest, words="利息", actor=office),
    ]
    before = moved()

    for one in made:
        unmatch_bank(match=one, words=WHY, actor=office)

    assert moved() == before and unexplained_lines().count() == 2
    assert set_line_aside(line=arrived, words="利息", actor=office).turn == 2
    with pytest.raises(LineExplained):
        match_bank(line=arrived, about=payout.source, actor=office)
    match_bank(line=standing_line(arrived, office), about=payout.source, actor=office)
    assert moved() == before


def standing_line(line: BankLine, actor: Membership) -> BankLine:
    """The line, open again."""
    match = standing_match(line)
    assert match
    unmatch_bank(match=match, words=WHY, actor=actor)
    return line


def test_who_matched_it_does_not_take_the_money_back(
    match: BankMatch, fund: SponsorFund, office: Membership
) -> None:
    with pytest.raises(MatchedItYourself):
        unmatch_bank(match=match, words=WHY, actor=office)
    assert not BankUnmatch.objects.exists() and balance_yen(fund.account) == 300_000


def test_the_database_wants_the_second_person_and_one_undoing(
    match: BankMatch, office: Membership, second: Membership
) -> None:
    fields = {"match": match, "words": WHY, "matched_by": office, "made_money": True}
    with pytest.raises(IntegrityError, match="bank_unmatch_second_person"), transaction.atomic():
        BankUnmatch.objects.create(undone_by=office, **fields)
    unmatch_bank(match=match, words=WHY, actor=second)
    with pytest.raises(IntegrityError, match="bank_unmatch_once"), transaction.atomic():
        BankUnmatch.objects.create(undone_by=second, **fields)


def test_money_that_became_coupons_is_not_taken_and_nothing_is_written(
    match: BankMatch, gift: CompanyGift, fund: SponsorFund, second: Membership
) -> None:
    spend_on_coupons(fund.account, 1)

    with pytest.raises(MoneyWasUsed):
        unmatch_bank(match=match, words=WHY, actor=second)

    gift.refresh_from_db()
    assert (gift.state, gift.undone_times) == ("received", 0) and not BankUnmatch.objects.exists()
    assert balance_yen(fund.account) == 299_999


def test_a_reason_is_wanted(match: BankMatch, second: Membership) -> None:
    with pytest.raises(ReasonNeeded):
        unmatch_bank(match=match, words="  ", actor=second)
    assert not BankUnmatch.objects.exists()


def test_a_stranger_may_not(match: BankMatch, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        unmatch_bank(match=match, words=WHY, actor=stranger)
    assert not BankUnmatch.objects.exists()


def test_another_program_sees_nothing_of_it(
    match: BankMatch, second: Membership, other_program: Program
) -> None:
    unmatch_bank(match=match, words=WHY, actor=second)
    with acting_in(other_program.pk):
        assert not BankUnmatch.objects.exists()


def test_the_books_say_when_a_line_or_a_booking_is_explained_twice(
    match: BankMatch, office: Membership
) -> None:
    with transaction.atomic():
        BankMatch.objects.create(line=match.line, words="x", matched_by=office, turn=2)
        assert [one for one in verify(CLAIMS, MORE) if "explained 2 times" in one]
        transaction.set_rollback(True)
    CompanyGift.objects.update(undone_times=1)
    assert [one for one in verify(CLAIMS, MORE) if "taken back 1 times, its lines 0" in one]
    CompanyGift.objects.update(undone_times=0)


def test_the_page_has_the_button_for_who_may_and_words_for_who_may_not(
    program: Program, match: BankMatch, office: Membership, second: Membership
) -> None:
    page, undo = url(program, f"office/money/bank/{match.line_id}/"), "取り消す"
    address = url(program, f"office/money/bank/matches/{match.pk}/undo/")
    mine, theirs = signed_in_as(office), signed_in_as(second)

    shown = mine.get(page).content.decode()
    assert undo not in shown.replace("別の人が取り消せます", "") and "別の人が取り消せます" in shown
    assert mine.post(address, {"words": WHY}).status_code == 403
    assert undo in theirs.get(page).content.decode()
    assert theirs.post(address, {"words": ""}).status_code == 422 and not BankUnmatch.objects.exists()

    done = theirs.post(address, {"words": WHY}, follow=True).content.decode()

    assert "照合を取り消しました" in done and WHY in done and "これまでの取り消し" in done
    assert Client().post(address, {"words": WHY}).status_code == 302  # to the sign-in
