"""A second person of the secretariat, and money that comes by hand or by bank, made through the verbs."""

from datetime import date
from typing import Any
from uuid import uuid4

from donations.models import Campaign, CompanyGift, Grant, OfflineGift, Organisation, SponsorFund
from donations.note_offline_gift import HandedOver, note_offline_gift
from donations.open_sponsor_fund import open_sponsor_fund
from donations.promise_company_gift import Company, promise_company_gift
from donations.promise_grant import Promise, promise_grant
from donations.set_receiving_account import AccountFacts, set_receiving_account
from programs.models import Membership, Program, ProgramYear, Role
from tests.conftest import member

DAY = date(2027, 3, 10)
FACTS = AccountFacts(
    bank_name="みらい銀行",
    branch_name="渋谷支店",
    sort="ordinary",
    number="0123456",
    holder="トクヒ）マナビノカイ",
)


def second_person(program: Program) -> Membership:
    """Another one of the secretariat than the fixture `office`, the same one each time."""
    address = f"second@{program.slug}.example"
    known: Membership | None = Membership.objects.filter(user__email=address).first()
    return known or member(program, Role.OFFICE, address)


def noted(campaign: Campaign, actor: Membership, **changes: Any) -> OfflineGift:
    key = changes.pop("request_key", None) or uuid4()
    said = {"amount_yen": 50_000, "received_on": DAY, "way": "cash", "donor_name": "山田 花子", **changes}
    return note_offline_gift(campaign=campaign, gift=HandedOver(**said), request_key=key, actor=actor)


def a_fund(organisation: Organisation, actor: Membership, name: str = "笹幡の中学生基金") -> SponsorFund:
    return open_sponsor_fund(
        organisation=organisation, name=name, conditions="笹幡の中学生のため", is_public=True, actor=actor
    )


def promised(fund: SponsorFund, actor: Membership, **changes: Any) -> CompanyGift:
    said = {
        "company": Company("株式会社あおぞら", "東京都渋谷区1-2-3", "カ)アオゾラ"),
        "amount_yen": 300_000,
        "promised_on": DAY,
        "request_key": uuid4(),
        **changes,
    }
    return promise_company_gift(fund=fund, actor=actor, **said)


def with_account(organisation: Organisation, actor: Membership) -> None:
    set_receiving_account(organisation=organisation, facts=FACTS, actor=actor)


def let_coupons_come_from_promises() -> None:
    ProgramYear.objects.filter(year=2026).update(coupons_from_promises=True)


def a_promise(actor: Membership, **changes: Any) -> Grant:
    key = changes.pop("request_key", None) or uuid4()
    said = {
        "funder": "渋谷区",
        "amount_yen": 1_000_000,
        "promised_on": DAY,
        "document": "渋学支第12号",
        "payer_kana": "シブヤク",
        **changes,
    }
    return promise_grant(promise=Promise(**said), request_key=key, actor=actor)


def csv_of(*rows: tuple[str, str, str, str], coding: str = "utf-8") -> bytes:
    """A bank's CSV: day, in, out, words."""
    lines = ["日付,お預入額,お引出額,摘要", *(",".join(row) for row in rows)]
    return "\r\n".join(lines).encode(coding)
