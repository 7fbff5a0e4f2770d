"""One program whose donors all gave last year and asked for a receipt, made through the verbs."""

from datetime import UTC, date, datetime
from uuid import uuid4

from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.ask_for_receipt import ask_for_receipt
from donations.give import Donor
from donations.models import Addressee, Campaign, Organisation
from donations.open_campaign import open_campaign
from donations.record_past_gift import PastPayment, record_past_gift
from donations.set_receipt_words import set_receipt_words
from kernel.clock import today
from programs.models import Membership, Program, Role, User
from programs.scoping import acting_in


def a_program_with_donors(rows: int) -> tuple[Program, Organisation, Membership, int]:
    """(program, organisation, somebody of the secretariat, last year)."""
    program = Program.objects.create(slug="bench", name="bench", municipality_code="131130")
    year = today().year - 1
    with acting_in(program.pk):
        user = User.objects.create_user("office@bench.example")
        office = Membership.objects.create(user=user, role=Role.OFFICE)
        organisation = _organisation(office, year)
        draft = Campaign(
            organisation=organisation,
            title="bench",
            goal_yen=1_000_000,
            first_day=date(year, 1, 1),
            last_day=date(year, 12, 31),
        )
        campaign = open_campaign(draft=draft, actor=office)
        for number in range(rows):
            _donor(campaign, office, number, datetime(year, 6, 1, 3, tzinfo=UTC))
    return program, organisation, office, year


def _organisation(office: Membership, year: int) -> Organisation:
    organisation = add_organisation(
        name="認定NPO法人ベンチ",
        legal_form="certified_npo",
        address="東京都渋谷区神南1-1-1",
        agreement=Agreement(version="1", text="agreement"),
        secrets=StripeSecrets(key="sk_test_bench", webhook_secret="whsec_bench"),
        actor=office,
    )
    stated = {
        "representative": "代表理事 山田 太郎",
        "certification_number": "2生都管第1234号",
        "certified_on": date(year - 1, 3, 20),
        "certified_from": date(year - 1, 4, 1),
    }
    return set_receipt_words(organisation=organisation, stated=stated, actor=office)


def _donor(campaign: Campaign, office: Membership, number: int, paid_at: datetime) -> None:
    gift = record_past_gift(
        campaign=campaign,
        donor=Donor(email=f"donor{number}@bench.example", agreement_version="1"),
        payment=PastPayment(amount_yen=3_000 + number, fee_yen=108, paid_at=paid_at),
        request_key=uuid4(),
        actor=office,
    )
    # Names differ, so that no paper is like another: the characters of JIS level 1 in their order.
    kanji = bytes([0xB0 + number // 94 % 31, 0xA1 + number % 94]).decode("euc_jp")
    name = f"寄付 {kanji}子"
    address = f"東京都渋谷区神宮前{number % 30 + 1}-{number % 9 + 1}-3"
    ask_for_receipt(donation=gift, addressee=Addressee(name, "150-0001", address), actor=None)
