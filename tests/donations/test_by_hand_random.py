"""200 random operations, repeats and refusals among them: the books hold, and the sums are those kept beside."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from donations.approve_offline_gift import approve_offline_gift
from donations.cancel_company_gift import cancel_company_gift
from donations.invoice_company import invoice_company
from donations.match_bank import match_bank
from donations.models import BankLine, Campaign, CompanyGift, Grant, Invoice, OfflineGift, Organisation
from donations.propose_matches import proposals, unexplained_lines
from donations.receive_company_gift import receive_company_gift
from donations.receive_grant import receive_grant
from donations.receive_grant_part import receive_grant_part
from donations.reject_offline_gift import reject_offline_gift
from donations.set_line_aside import set_line_aside
from donations.take_in_statement import take_in_statement
from kernel.errors import Refused
from ledger.balances import balances_yen
from ledger.models import Account, Kind
from programs.models import Membership, Program, ProgramYear
from tests.donations.by_hand import (
    DAY,
    a_fund,
    a_promise,
    csv_of,
    noted,
    promised,
    second_person,
    with_account,
)
from tests.donations.test_books import violations

PAYERS = ["ｶ)ｱｵｿﾞﾗ", "ｼﾌﾞﾔｸ", "ﾔﾏﾀﾞ ﾊﾅｺ", "ｶ)ﾐﾄﾞﾘ"]
AMOUNTS = [1, 777, 5_000, 50_000, 300_000, 400_000, 1_000_000]
OPERATIONS = 200


class Secretariat:
    """Does something at random, and keeps what came beside the books."""

    def __init__(
        self, seed: int, organisation: Organisation, campaign: Campaign, people: list[Membership]
    ) -> None:
        self.dice = random.Random(seed)
        self.organisation, self.campaign, self.people = organisation, campaign, people
        self.fund = a_fund(organisation, people[0])
        self.in_bank = 0  # what must have come to the bank accounts
        self.done: Counter[str] = Counter()

    def key(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128))

    def yen(self) -> int:
        return self.dice.choice(AMOUNTS)

    def anyone(self) -> Membership:
        return self.dice.choice(self.people)

    def one_of(self, model: type) -> object:
        found = list(model.objects.order_by("id"))
        if not found:
            raise Refused
        return self.dice.choice(found)

    def act(self) -> None:
        """One operation; a refusal is one too."""
        acts: list[Callable[[], int]] = [
            self.note, self.approve, self.approve, self.reject, self.promise_gift, self.invoice, self.cancel,
            self.receive_gift, self.promise, self.part, self.part, self.at_once, self.rules, self.take_in, self.match,
            self.match, self.aside,
        ]  # fmt: skip
        chosen = self.dice.choice(acts)
        try:
            self.in_bank += chosen()
            self.done[chosen.__name__] += 1
        except Refused as refusal:
            self.done[f"refused: {refusal.code}"] += 1

    def note(self) -> int:
        way = self.dice.choice(["cash", "furusato", "postal", "transfer"])
        noted(self.campaign, self.anyone(), amount_yen=self.yen(), way=way, request_key=self.key())
        return 0

    def approve(self) -> int:
        gift = self.one_of(OfflineGift)
        was_waiting = gift.is_waiting
        approve_offline_gift(gift=gift, actor=self.anyone())
        return gift.amount_yen if was_waiting else 0

    def reject(self) -> int:
        reject_offline_gift(gift=self.one_of(OfflineGift), reason="x", actor=self.anyone())
        return 0

    def promise_gift(self) -> int:
        promised(self.fund, self.anyone(), amount_yen=self.yen(), request_key=self.key())
        return 0

    def invoice(self) -> int:
        gift = self.one_of(CompanyGift)
        invoice_company(gift=gift, issued_on=DAY, due_on=DAY, actor=self.anyone())
        return 0

    def cancel(self) -> int:
        cancel_company_gift(gift=self.one_of(CompanyGift), actor=self.anyone())
        return 0

    def receive_gift(self) -> int:
        gift = self.one_of(CompanyGift)
        yen = gift.amount_yen if self.dice.random() < 0.8 else gift.amount_yen + 1
        receive_company_gift(gift=gift, amount_yen=yen, received_on=DAY, actor=self.anyone())
        return yen if gift.is_open else 0

    def promise(self) -> int:
        a_promise(
            self.anyone(), amount_yen=self.yen(), organisation=self.organisation, request_key=self.key()
        )
        return 0

    def part(self) -> int:
        yen = self.yen()
        grant = self.one_of(Grant)
        receive_grant_part(
            grant=grant, amount_yen=yen, received_on=DAY, request_key=self.key(), actor=self.anyone()
        )
        return yen

    def at_once(self) -> int:
        yen = self.yen()
        receive_grant(
            funder="市", amount_yen=yen, received_on=DAY, note="", request_key=self.key(), actor=self.anyone()
        )
        return yen

    def rules(self) -> int:
        ProgramYear.objects.update(coupons_from_promises=self.dice.random() < 0.5)
        return 0

    def take_in(self) -> int:
        rows = []
        for _ in range(self.dice.randrange(1, 6)):
            day = (DAY + timedelta(days=self.dice.randrange(-3, 10))).isoformat()
            rows.append((day, str(self.yen()), "", self.dice.choice(PAYERS)))
        take_in_statement(organisation=self.organisation, content=csv_of(*rows), actor=self.anyone())
        return 0

    def match(self) -> int:
        found = [one for one in proposals(self.organisation) if one.possible]
        if not found:
            raise Refused
        proposal = self.dice.choice(found)
        about = (proposal.sure or self.dice.choice(proposal.possible)).about
        match_bank(line=proposal.line, about=about, actor=self.anyone())
        return 0 if about.startswith("donation:") else proposal.line.amount_yen

    def aside(self) -> int:
        set_line_aside(line=self.one_of(BankLine), words="x", actor=self.anyone())
        return 0


@pytest.mark.parametrize("seed", [2027, 331, 48])
def test_after_200_random_operations_the_books_hold(
    seed: int, program: Program, organisation: Organisation, campaign: Campaign, office: Membership
) -> None:
    with_account(organisation, office)
    secretariat = Secretariat(seed, organisation, campaign, [office, second_person(program)])
    for _ in range(OPERATIONS):
        secretariat.act()

    assert violations() == []
    balances = balances_yen(Account.objects.all())
    kinds = dict(Account.objects.values_list("pk", "kind"))
    sums: Counter[str] = Counter()
    for pk, yen in balances.items():
        sums[kinds[pk]] += yen
    assert sums[Kind.BANK] == secretariat.in_bank > 0
    assert sums[Kind.BANK] + sums[Kind.RECEIVABLE] == sums[Kind.FUND] + sums[Kind.OPERATING]
    assert min(balances.values()) >= 0
    serials = list(Invoice.objects.order_by("serial").values_list("serial", flat=True))
    assert serials == list(range(1, len(serials) + 1))
    assert sum(secretariat.done.values()) == OPERATIONS and len(secretariat.done) > 12, secretariat.done
    assert unexplained_lines().count() < BankLine.objects.count()
