"""渋谷: the published figures of the first program, moved into the present program year.

Source: ../shared/reference/domain.md 1.1 (CAMPFIRE 42198; report of 30 August 2018): goal 10,000,000 yen,
14,053,500 yen from 731 people between 21 September and 30 November, 54 children with 200,000 yen
each, 79 classrooms, more than 80 % in use by July; 54 are about 30 % of the eligible.
The campaign is set in the autumn before the present program year, so that its coupons are usable now.
"""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.conf import settings

from config.demo_data.campaign_news import tell
from config.demo_data.cast import at_ten, member, open_schools, program_year, staff_the_first, yesterday
from config.demo_data.families import apply_and_approve, give_guardian, spend_month_by_month
from config.demo_data.gifts import GOAL_YEN, gift_amounts, gift_days
from config.demo_data.people import donor_name, made_up_children
from config.demo_data.schools import made_up_schools
from coupons.issue import issue
from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.close_campaign import close_campaign
from donations.give import Donor
from donations.models import Campaign, Donation, Organisation
from donations.open_campaign import open_campaign
from donations.record_past_gift import PastPayment, record_past_gift
from families.models import Application
from kernel.clock import JAPAN, as_of, fiscal_year, today
from ledger.models import Account
from programs.models import Membership, Program, ProgramYear, Role

CHILDREN = 54
FACE_YEN = 200_000
CLASSROOMS = 79
WAITING = 3  # approved, without a coupon: the fund suffices for two of them
UNDECIDED = 2
OPERATING_PER_MILLE = 200
KEYS = UUID("6f1d6f6a-0b1c-4c55-9f0e-5b5d7e1c2a31")
AGREEMENT = Agreement(
    version="2026-04",
    text=(
        "この寄付は、贈与契約として受領団体が受け取ります。\n\n"
        "寄付金のうち8割は子どもの学びのためのクーポンに、2割は運営費に使います。"
        "割合は、寄付を受け取った時のキャンペーンのページに書かれたものに従います。\n\n"
        "受け取った寄付は、原則として返金しません。二重に申し込まれたときや金額に誤りがあったときは、"
        "事務局にご連絡ください。確認のうえ、お支払いと同じ方法か銀行振込で返金します。"
    ),
)
STORY = (
    "学びたい気持ちがあっても、塾や習いごとに通うきっかけを持てない中学生がいます。"
    "いただいた寄付は、使う先を学びに限ったクーポンになり、子ども一人ひとりに届きます。\n\n"
    "クーポンは、参加している79の教室で使えます。どの教室で学ぶかは、子どもと保護者が選びます。\n\n"
    "教室には、届けた学びの分だけ後からお支払いします。集まったお金と使われたお金は、毎日この場所で公開します。"
)

STORY_EN = (
    "Some junior high school students want to learn and have no way into a tutoring school or a class yet. "
    "Your gift becomes a coupon that is good for learning alone, and each child gets one of their own.\n\n"
    "The coupons are taken at 79 classrooms. Which one it is, the child and the family choose.\n\n"
    "The classrooms are paid afterwards, for the lessons that were given. What was raised and what was used "
    "is shown here every day."
)


def seed(program: Program) -> None:
    """Everything of the program, within its scope and one transaction."""
    this_year = fiscal_year(today())
    office = member(program, Role.OFFICE, "事務局 小川")
    member(program, Role.CITY, "渋谷区 学び支援課 林")
    year = program_year(fiscal_year=this_year, face_yen=FACE_YEN, is_prorated=False, eligible=180)
    organisation = add_organisation(
        name="学びのクーポン渋谷（見本の団体）",
        legal_form="certified_npo",
        address="東京都渋谷区",
        agreement=AGREEMENT,
        secrets=StripeSecrets(
            key=settings.STRIPE_SECRET_KEY or "sk_test_standin",
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET or "whsec_standin",
        ),
        actor=office,
    )
    Organisation.objects.filter(pk=organisation.pk).update(
        takes_konbini=True, takes_bank_transfer=True, takes_paypay=True
    )
    fund = _past_campaign(organisation, this_year, office)
    donor = member(program, Role.DONOR, donor_name(3))
    Donation.objects.filter(request_key=uuid5(KEYS, "gift 3")).update(user=donor.user, email=donor.user.email)
    tell(program, _present_campaign(organisation, office), office)
    schools = made_up_schools(program.slug, classrooms=CLASSROOMS, schools=20)
    providers = open_schools(schools, office=office, year=year)
    staff_the_first(program, providers[0], office=office)
    approved = _families(program, year, office, fund)
    spend_month_by_month(approved, providers, year=year, seed=2018, active=46, monthly_yen=(12_000, 24_000))


def _past_campaign(organisation: Organisation, this_year: int, office: Membership) -> Account:
    campaign = open_campaign(
        draft=Campaign(
            organisation=organisation,
            title="中学3年生に、学びのクーポンを届けたい",
            title_en="Learning coupons for ninth graders",
            story=STORY,
            story_en=STORY_EN,
            goal_yen=GOAL_YEN,
            first_day=date(this_year - 1, 9, 21),
            last_day=date(this_year - 1, 11, 30),
            operating_per_mille=OPERATING_PER_MILLE,
            presets=[3_000, 10_000, 30_000],
        ),
        actor=office,
    )
    amounts = gift_amounts()
    days = gift_days(date(this_year - 1, 9, 21), date(this_year - 1, 11, 30))
    clock = random.Random(42_198)
    for number, (amount_yen, day) in enumerate(zip(amounts, days, strict=True)):
        moment = datetime.combine(day, time(clock.randrange(7, 23), clock.randrange(60)), tzinfo=JAPAN)
        record_past_gift(
            campaign=campaign,
            donor=Donor(
                email=f"donor{number + 1}@{organisation.program.slug}.example",
                public_name=donor_name(number),
                is_anonymous=number % 3 == 0,
                language="ja",
                agreement_version=AGREEMENT.version,
            ),
            payment=PastPayment(
                amount_yen=amount_yen, fee_yen=(amount_yen * 36 + 500) // 1000, paid_at=moment
            ),
            request_key=uuid5(KEYS, f"gift {number}"),
            actor=office,
        )
    close_campaign(campaign=campaign, actor=office)
    campaign.refresh_from_db()
    fund: Account = Account.objects.get(pk=campaign.fund_id)
    return fund


def _present_campaign(organisation: Organisation, office: Membership) -> Campaign:
    begins = today()
    return open_campaign(
        draft=Campaign(
            organisation=organisation,
            title="次の年度も、学びを止めない",
            title_en="Keep learning going next year",
            story=STORY,
            story_en=STORY_EN,
            goal_yen=GOAL_YEN,
            first_day=begins,
            last_day=begins + timedelta(days=70),
            operating_per_mille=OPERATING_PER_MILLE,
            presets=[3_000, 10_000, 30_000],
        ),
        actor=office,
    )


def _families(program: Program, year: ProgramYear, office: Membership, fund: Account) -> list[Application]:
    """57 approved children, 54 of them with a coupon since April, and two whose papers wait."""
    children = made_up_children(CHILDREN + WAITING + UNDECIDED, seed=54, fiscal_year=year.year, grades=[9])
    with as_of(at_ten(date(year.year, 3, 23))):
        approved = apply_and_approve(children[:CHILDREN], year=year, office=office)
    with as_of(at_ten(year.first_day)):
        for application in approved:
            issue(application=application, fund=fund, actor=office)
    with as_of(at_ten(max(yesterday() - timedelta(days=9), year.first_day))):
        apply_and_approve(children[CHILDREN : CHILDREN + WAITING], year=year, office=office)
    with as_of(at_ten(yesterday())):
        apply_and_approve(children[CHILDREN + WAITING :], year=year, office=office, is_approved=False)
    parent = member(program, Role.GUARDIAN, f"{children[0].family} {children[0].parent}")
    give_guardian(approved[0].child.household, parent)
    other = member(program, Role.GUARDIAN, f"{children[1].family} {children[1].parent}", "guardian2")
    give_guardian(approved[1].child.household, other)
    return approved
