"""福岡's money by hand and by bank: a company, a grant in parts, gifts, a proposed refund, and the statement.

Two people of the secretariat, as the house wants it. What waits was noted, taken in or proposed by the second one:
visitors sign in as the first, and may decide.
"""

from datetime import date, timedelta
from uuid import UUID, uuid5

from donations.approve_offline_gift import approve_offline_gift
from donations.invoice_company import invoice_company
from donations.match_bank import match_bank
from donations.models import BankLine, Campaign, CompanyGift, Donation, OfflineGift, Organisation, SponsorFund
from donations.note_offline_gift import HandedOver, note_offline_gift
from donations.open_sponsor_fund import open_sponsor_fund
from donations.promise_company_gift import Company, promise_company_gift
from donations.promise_grant import Promise, promise_grant
from donations.propose_refund import propose_refund
from donations.set_line_aside import set_line_aside
from donations.set_receiving_account import AccountFacts, set_receiving_account
from donations.take_in_statement import take_in_statement
from kernel.clock import today
from programs.models import Membership

KEYS = UUID("5a2f4a3c-6f0e-4a34-9a0d-7e5c7d2f1b64")
ACCOUNT = AccountFacts(
    bank_name="みほん銀行",
    branch_name="天神支店",
    sort="ordinary",
    number="0123456",
    holder="トクヒ）マナビノオウエンフクオカ",
)
COMPANY_YEN, GRANT_YEN, FIRST_PART_YEN = 500_000, 2_000_000, 1_200_000
CASH_YEN, TRANSFER_YEN, WAITING_YEN = 30_000, 80_000, 20_000
BOOKED_GIFTS_YEN = CASH_YEN + TRANSFER_YEN
REFUND_YEN = 30_000


def money_by_hand(
    organisation: Organisation, campaign: Campaign, office: Membership, second: Membership
) -> None:
    """Everything, through the verbs. Each of the two does what the other may not."""
    set_receiving_account(organisation=organisation, facts=ACCOUNT, actor=office)
    fund = open_sponsor_fund(
        organisation=organisation,
        name="みほん商事 学び基金",
        conditions="福岡市の中学生の学びのために使います。",
        is_public=True,
        actor=office,
    )
    paid = _company(fund, "株式会社みほん商事", "ミホンショウジ", office)
    _company(fund, "見本設計株式会社", "ミホンセッケイ", office)
    grant = promise_grant(
        promise=Promise(
            funder="福岡県",
            amount_yen=GRANT_YEN,
            promised_on=_ago(30),
            document="学び応援補助金 交付決定通知書（見本）",
            payer_kana="フクオカケン",
            organisation=organisation,
        ),
        request_key=uuid5(KEYS, "grant"),
        actor=office,
    )
    _noted(campaign, office, "cash", CASH_YEN, "窓口の募金箱", second=second)
    gift = _noted(campaign, office, "transfer", TRANSFER_YEN, "ミホン タロウ", second=second)
    _noted(campaign, second, "postal", WAITING_YEN, "ミホン ハナコ")
    _bank(organisation, {COMPANY_YEN: paid.source, FIRST_PART_YEN: grant.source}, office, second)
    donation = Donation.objects.get(pk=gift.donation_id)
    propose_refund(
        donation=donation,
        amount_yen=REFUND_YEN,
        reason="金額を間違えて振り込んだとの連絡があったため",
        request_key=uuid5(KEYS, "refund"),
        actor=second,
    )


def _ago(days: int) -> date:
    return today() - timedelta(days=days)


def _company(fund: SponsorFund, name: str, kana: str, office: Membership) -> CompanyGift:
    gift = promise_company_gift(
        fund=fund,
        company=Company(name, "福岡市博多区（見本）", kana),
        amount_yen=COMPANY_YEN if "商事" in name else COMPANY_YEN * 2,
        promised_on=_ago(28),
        request_key=uuid5(KEYS, name),
        actor=office,
    )
    invoice_company(gift=gift, issued_on=_ago(25), due_on=_ago(-5), actor=office)
    return gift


def _noted(
    campaign: Campaign,
    office: Membership,
    way: str,
    amount_yen: int,
    name: str,
    *,
    second: Membership | None = None,
) -> OfflineGift:
    gift = note_offline_gift(
        campaign=campaign,
        gift=HandedOver(amount_yen=amount_yen, received_on=_ago(6), way=way, donor_name=name),
        request_key=uuid5(KEYS, f"gift {name}"),
        actor=office,
    )
    return approve_offline_gift(gift=gift, actor=second) if second else gift


def _bank(
    organisation: Organisation, matched: dict[int, str], office: Membership, second: Membership
) -> None:
    """Six lines: two are matched, one is set aside, two wait for one click, and one that nobody awaited."""
    rows = [
        (_ago(12), COMPANY_YEN, "カ)ミホンシヨウジ"),
        (_ago(10), FIRST_PART_YEN, "フクオカケン"),
        (_ago(6), TRANSFER_YEN, "ミホン タロウ"),
        (_ago(4), 12, "リソク"),
        (_ago(3), 15_000, "ミホン ジロウ"),
        (_ago(2), GRANT_YEN - FIRST_PART_YEN, "フクオカケン カイケイカ"),
    ]
    lines = ["日付,お預入額,お引出額,摘要", *(f"{on:%Y/%m/%d},{yen},,{words}" for on, yen, words in rows)]
    content = "\r\n".join(lines).encode()
    take_in_statement(organisation=organisation, content=content, actor=second)
    for line in BankLine.objects.filter(amount_yen__in=matched).order_by("on"):
        match_bank(line=line, about=matched[line.amount_yen], actor=office)
    interest = BankLine.objects.get(amount_yen=12)
    set_line_aside(line=interest, words="普通預金の利息", actor=office)
