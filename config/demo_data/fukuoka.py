"""福岡: 120,000 yen a year, 10,000 for each month that is left, paid from a city grant.

Source: ../shared/reference/domain.md 1.1, Fukuoka city [FUK-U]; grade 5 to junior high 3. People are made up.
"""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings

from config.demo_data.cast import at_ten, member, open_schools, program_year, staff_the_first, yesterday
from config.demo_data.families import apply_and_approve, give_guardian, spend_month_by_month
from config.demo_data.money import money_by_hand
from config.demo_data.monthly import standing_campaign
from config.demo_data.people import donor_name, made_up_children
from config.demo_data.promises import summer_campaign
from config.demo_data.schools import made_up_schools
from config.demo_data.shibuya import AGREEMENT
from coupons.issue import issue
from donations.add_organisation import StripeSecrets, add_organisation
from donations.receive_grant import receive_grant
from kernel.clock import as_of, fiscal_year, today
from programs.models import Membership, Program, Role

GRANT_YEN = 9_000_000
FACE_YEN = 120_000
SINCE_APRIL, LATER, WAITING = 36, 8, 24
GRANT_KEY = UUID("b40c0f0e-95f6-4c47-8a35-3b0c37dc8c4d")


def seed(program: Program) -> None:
    """Everything of the program, within its scope and one transaction."""
    this_year = fiscal_year(today())
    office = member(program, Role.OFFICE, "事務局 原田")
    member(program, Role.CITY, "福岡市 こども未来局 古賀")
    year = program_year(fiscal_year=this_year, face_yen=FACE_YEN, is_prorated=True, eligible=160)
    _give_each_month(program, office)
    grant = receive_grant(
        funder="福岡市",
        amount_yen=GRANT_YEN,
        received_on=year.first_day,
        note="学びの応援事業 委託料",
        request_key=GRANT_KEY,
        actor=office,
    )
    schools = made_up_schools(program.slug, classrooms=32, schools=12)
    providers = open_schools(schools, office=office, year=year)
    staff_the_first(program, providers[0], office=office)
    children = made_up_children(
        SINCE_APRIL + LATER + WAITING, seed=40, fiscal_year=this_year, grades=[5, 6, 7, 8, 9]
    )
    later_day = min(yesterday(), date(this_year, 6, 10))
    groups = (
        (children[:SINCE_APRIL], year.first_day, True),
        (children[SINCE_APRIL : SINCE_APRIL + LATER], max(later_day, year.first_day), True),
        (children[SINCE_APRIL + LATER :], max(yesterday() - timedelta(days=5), year.first_day), False),
    )
    approved = []
    for group, day, has_coupon in groups:
        with as_of(at_ten(day)):
            approved += apply_and_approve(group, year=year, office=office, siblings=True)
            if has_coupon:
                for application in approved[-len(group) :]:
                    issue(application=application, fund=grant.fund, actor=office)
    parent = member(program, Role.GUARDIAN, f"{children[0].family} {children[0].parent}")
    give_guardian(approved[0].child.household, parent)
    spend_month_by_month(
        approved[:SINCE_APRIL], providers, year=year, seed=92, active=27, monthly_yen=(8_000, 12_000)
    )


def _give_each_month(program: Program, office: Membership) -> None:
    """A receiving organisation with an account of its own at the stand-in: money of two never meets."""
    own = "_fukuoka" if settings.STRIPE_API_BASE else ""
    organisation = add_organisation(
        name="学びの応援ふくおか（見本の団体）",
        legal_form="npo",
        address="福岡県福岡市中央区",
        agreement=AGREEMENT,
        secrets=StripeSecrets(
            key=(settings.STRIPE_SECRET_KEY or "sk_test_standin") + own,
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET or "whsec_standin",
        ),
        actor=office,
    )
    member(program, Role.DONOR, donor_name(5))
    campaign = standing_campaign(organisation, office)
    summer_campaign(organisation, office)
    second = member(program, Role.OFFICE, "事務局 上野", "office2")
    money_by_hand(organisation, campaign, office, second)
