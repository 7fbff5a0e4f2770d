"""metrics/gift_story.py and its pages: what a donor reads of their gift, and what nobody reads."""

import random
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from coupons.expire import expire_due
from coupons.issue import issue
from coupons.models import Coupon, Redemption
from coupons.reverse import reverse
from donations.models import Campaign, Donation
from kernel.clock import as_of, start_of
from ledger.accounts import the_account
from ledger.models import Kind
from ledger.post import post
from metrics.gift_story import _USES, _flow, story_of_fund
from metrics.periods import Sum
from partners.models import Provider
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_school, an_application, spend
from tests.donations.conftest import make_campaign, make_organisation
from tests.metrics.conftest import signed_in
from tests.metrics.test_periods import KINDS, Use, cells

K = 10


@pytest.fixture
def campaign(office: Membership) -> Campaign:
    made = make_campaign(make_organisation(office), office, first_day=date(2026, 4, 1))
    assert made.fund
    bank = the_account(Kind.BANK, "bank")
    post(debit=bank, credit=made.fund, amount_yen=20_000_000, source="grant:1")
    return made


@pytest.fixture
def schools(program: Program) -> list[Provider]:
    """Nine schools, three of each kind in turn."""
    return [
        Provider.objects.create(name=f"学校{at}", kind=KINDS[at % 3], payable=a_school()) for at in range(9)
    ]


@pytest.fixture
def till(program: Program) -> Membership:
    return member(program, Role.COUNTER)


def at(month: int, day: int = 15) -> datetime:
    """Noon of a day; month 0 is April 2026."""
    return start_of(date(2026 + (month + 3) // 12, (month + 3) % 12 + 1, day)) + timedelta(hours=12)


def coupons(campaign: Campaign, office: Membership, count: int, month: int = 0) -> list[Coupon]:
    year = ProgramYear.objects.get(year=2026)
    with as_of(at(month, 2)):
        return [
            issue(application=an_application(year, office), fund=campaign.fund, actor=office)
            for _ in range(count)
        ]


def use(coupon: Coupon, yen: int, month: int, school: Provider, till: Membership) -> Redemption:
    with as_of(at(month)):
        done = spend(coupon, yen, payee=school.payable, actor=till)
    return Redemption.objects.get(pk=done.redemption_id)


def gift_of(campaign: Campaign, person: Membership | None = None, **changes: Any) -> Donation:
    said = {
        "campaign": campaign,
        "user": person.user if person else None,
        "email": person.user.email if person else f"{uuid4()}@example.jp",
        "amount_yen": 10_000,
        "operating_yen": 1_000,
        "fee_yen": 360,
        "request_key": uuid4(),
        "state": "paid",
        "agreement_version": "1",
        "paid_at": at(0, 1),
        **changes,
    }
    made: Donation = Donation.objects.create(**said)
    return made


@pytest.fixture
def donor(program: Program) -> Membership:
    return member(program, Role.DONOR)


def test_a_fund_without_coupons_says_so(campaign: Campaign) -> None:
    gift_of(campaign)
    story = story_of_fund(campaign, k=K)
    assert (story.is_empty, story.fund_yen, story.per_cent, story.periods) == (True, 9_000, 0, [])
    assert story.last_day == date(2027, 2, 28)


def test_nine_children_are_not_counted_and_ten_are(campaign: Campaign, office: Membership) -> None:
    gift_of(campaign, amount_yen=3_000_000, operating_yen=0)
    coupons(campaign, office, 9)
    few = story_of_fund(campaign, k=K)
    assert (few.coupons, few.is_empty, few.per_cent) == (None, False, 0)
    coupons(campaign, office, 1, month=3)
    story = story_of_fund(campaign, k=K)
    assert story.coupons == Sum(2_000_000, 10)
    assert (story.became_yen, story.per_cent) == (2_000_000, 66)
    with time_machine.travel(at(3, 20), tick=False):
        assert story_of_fund(campaign, k=K).coupons is None  # July is not over


def test_a_few_coupons_more_wait_until_they_are_ten(campaign: Campaign, office: Membership) -> None:
    coupons(campaign, office, 12)
    coupons(campaign, office, 3, month=2)
    assert story_of_fund(campaign, k=K).coupons == Sum(2_400_000, 12)


def test_this_month_is_not_in_the_figures(
    campaign: Campaign, office: Membership, schools: list[Provider], till: Membership
) -> None:
    held = coupons(campaign, office, 12)
    for place, coupon in enumerate(held):
        use(coupon, 1_000, 11, schools[place % 9], till)  # March 2027 is running
    assert story_of_fund(campaign, k=K).periods == []
    with time_machine.travel(at(12, 1), tick=False):
        assert story_of_fund(campaign, k=K).periods == []  # on the first day the last minute may be missing
    with time_machine.travel(at(12, 2), tick=False):
        assert story_of_fund(campaign, k=K).uses.total == Sum(12_000, 12)


def test_what_went_back_to_the_fund_is_told_from_ten_children_on(
    campaign: Campaign, office: Membership
) -> None:
    coupons(campaign, office, 10)
    with time_machine.travel(at(12, 1), tick=False):
        assert expire_due(date(2027, 4, 1)) == 10
    with time_machine.travel(at(13, 2), tick=False):
        story = story_of_fund(campaign, k=K)
        assert (story.returned.yen, story.became_yen) == (2_000_000, 0)


def test_a_use_taken_back_later_changes_no_month_that_was_shown(
    campaign: Campaign, office: Membership, schools: list[Provider], till: Membership
) -> None:
    held = coupons(campaign, office, 12)
    uses = [use(coupon, 1_000, 1, schools[place % 9], till) for place, coupon in enumerate(held)]
    before = story_of_fund(campaign, k=K).periods
    with as_of(at(4)):
        reverse(redemption=uses[0], reason="typed twice", actor=office)
    with time_machine.travel(at(5, 2), tick=False):
        after = story_of_fund(campaign, k=K).periods
    assert after == before[: len(after)]
    assert after[0].total == Sum(12_000, 12)


def test_the_database_answers_what_the_property_was_proven_for(
    campaign: Campaign, office: Membership, schools: list[Provider], till: Membership
) -> None:
    dice = random.Random(11)
    held = coupons(campaign, office, 8)
    made = []
    for _ in range(60):
        month, back = dice.randint(0, 5), dice.choice([None, None, None, 0, 1, 2])
        made.append(Use(dice.randrange(8), dice.randrange(9), month, None if back is None else month + back))
    yen = [dice.randint(1, 2_000) for _ in made]
    for one, amount in zip(made, yen, strict=True):
        done = use(held[one.child], amount, one.month, schools[one.school], till)
        if one.back is not None:
            with as_of(at(one.back, 20)):
                reverse(redemption=done, reason="test", actor=office)
    child_ids = [coupon.child_id for coupon in held]
    payees = [school.payable_id for school in schools]
    for until in range(8):
        after = at(until + 1, 1).date()
        got = _flow(_USES, campaign, after, 30)
        wanted = cells(made, yen, until, 30)
        assert [month for month, _cells in got] == [month for month, _cells in wanted]
        for (_month, mine), (_same, theirs) in zip(got, wanted, strict=True):
            assert set(mine) == set(theirs)
            for kind, cell in mine.items():
                other = theirs[kind]
                assert (cell.yen, cell.times) == (other.yen, other.times)
                assert dict(cell.children) == {child_ids[c]: y for c, y in other.children.items()}
                assert min(len(cell.schools), 3) == min(len(other.schools), 3)
                assert cell.schools <= set(payees)


# The pages


def numbers_of(page: str) -> list[str]:
    """Every figure of the page's content, in order."""
    content = page[page.index("<main") : page.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", content, flags=re.S))
    return re.findall(r"\d[\d,]*", text)


@pytest.fixture
def a_year_of_lessons(
    campaign: Campaign, office: Membership, schools: list[Provider], till: Membership
) -> list[Coupon]:
    held = coupons(campaign, office, 24)
    for month in range(1, 7):
        for place, coupon in enumerate(held):
            use(coupon, 1_000 + month, month, schools[place % 9], till)
    use(held[0], 77_777, 2, schools[2], till)
    return held


def test_the_donor_reads_four_steps(
    campaign: Campaign, donor: Membership, a_year_of_lessons: list[Coupon]
) -> None:
    mine = gift_of(campaign, donor)
    for _ in range(3):
        gift_of(campaign, amount_yen=10_000_000, operating_yen=0)
    page = signed_in(donor).get(f"/shibuya/my/gifts/{mine.reference}/").content.decode()
    for words in ("あなたの寄付", "3人", "4,800,000", "24枚", "15%", "2027年2月28日"):
        assert words in page, words
    assert page.count("<svg viewBox") == 2
    assert "style=" not in page


def test_two_gifts_of_one_fund_and_the_public_read_the_same_figures(
    campaign: Campaign, donor: Membership, a_year_of_lessons: list[Coupon]
) -> None:
    gifts = [gift_of(campaign, donor), gift_of(campaign, donor, amount_yen=50_000)]
    screen = signed_in(donor)
    pages = [screen.get(f"/shibuya/my/gifts/{one.reference}/").content.decode() for one in gifts]
    everyone = Client().get(f"/shibuya/campaigns/{campaign.pk}/story/").content.decode()
    charts = [re.findall(r"<svg viewBox.*?</svg>", page, flags=re.S) for page in (*pages, everyone)]
    assert charts[0] == charts[1] == charts[2]
    tables = [re.findall(r"<table.*?</table>", page, flags=re.S) for page in (*pages, everyone)]
    assert tables[0] == tables[1] == tables[2]


def test_both_languages_say_the_same_figures(
    campaign: Campaign, donor: Membership, a_year_of_lessons: list[Coupon]
) -> None:
    gift_of(campaign)
    answers = []
    for language in ("ja", "en"):
        with override(language):
            page = Client(HTTP_ACCEPT_LANGUAGE=language).get(f"/shibuya/campaigns/{campaign.pk}/story/")
        answers.append(
            sorted(one for one in numbers_of(page.content.decode()) if "," in one and one != "10,000")
        )
    assert answers[0] == answers[1] != []


@pytest.mark.parametrize("count", [3, 9])
def test_a_campaign_of_few_children_shows_no_figure_of_them(
    campaign: Campaign,
    office: Membership,
    schools: list[Provider],
    till: Membership,
    count: int,
) -> None:
    """Whatever the day: neither the number of children nor a yen they used stands on the page."""
    gift_of(campaign, amount_yen=1_000_001, operating_yen=0)
    for place, coupon in enumerate(coupons(campaign, office, count)):
        for month in range(1, 9):
            use(coupon, 5_432, month, schools[place % 9], till)
    spent = {f"{5_432 * times:,}" for times in range(1, 9 * count)}
    issued = {f"{200_000 * times:,}" for times in range(1, count + 1)}
    for month in range(1, 14):
        with time_machine.travel(at(month, 2), tick=False):
            page = Client().get(f"/shibuya/campaigns/{campaign.pk}/story/").content.decode()
        shown = set(numbers_of(page))
        assert not shown & (spent | issued), month
        assert "10人未満" in page
        assert "<svg viewBox" not in page


def test_without_the_guard_the_same_campaign_would_be_read_off(
    campaign: Campaign, office: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr("metrics.periods.Cell.stands_for", 99)
    coupons(campaign, office, 3)
    page = Client().get(f"/shibuya/campaigns/{campaign.pk}/story/").content.decode()
    assert "600,000" in page


def test_the_empty_page_says_the_plan(campaign: Campaign, donor: Membership) -> None:
    gift_of(campaign, amount_yen=1_000_000, operating_yen=0)
    mine = gift_of(campaign, donor)
    page = signed_in(donor).get(f"/shibuya/my/gifts/{mine.reference}/").content.decode()
    assert "まだクーポンは交付されていません" in page
    assert "5人分" in page


@pytest.mark.parametrize(
    ("first_day", "words"),
    [
        (date(2027, 3, 1), "2027年4月2日"),  # begun this month
        (date(2027, 2, 28), "2027年2月28日"),  # the last day of the last full month: there are figures
    ],
)
def test_a_young_campaign_names_no_day_before_it_began(
    office: Membership, first_day: date, words: str
) -> None:
    young = make_campaign(make_organisation(office), office, first_day=first_day)
    page = Client().get(f"/shibuya/campaigns/{young.pk}/story/").content.decode()
    assert words in page and ("2027年2月28日" in page) == (first_day <= date(2027, 2, 28))


def test_a_gift_that_went_back_says_so(campaign: Campaign, donor: Membership) -> None:
    back = gift_of(campaign, donor, gone_yen=10_000)
    page = signed_in(donor).get(f"/shibuya/my/gifts/{back.reference}/").content.decode()
    assert "10,000円" in page
    assert "お返ししました" in page


def test_anothers_gift_an_unpaid_one_and_another_programs_are_not_there(
    campaign: Campaign, donor: Membership, program: Program, other_program: Program
) -> None:
    mine, unpaid = gift_of(campaign, donor), gift_of(campaign, donor, state="pending")
    theirs = gift_of(campaign, member(program, Role.DONOR, "other@shibuya.example"))
    screen = signed_in(donor)
    assert screen.get(f"/shibuya/my/gifts/{mine.reference}/").status_code == 200
    for gone in (theirs.reference, unpaid.reference, uuid4()):
        assert screen.get(f"/shibuya/my/gifts/{gone}/").status_code == 404
    with acting_in(other_program.pk):
        member(other_program, Role.DONOR, donor.user.email)
    assert screen.get(f"/fukuoka/my/gifts/{mine.reference}/").status_code == 404
    assert Client().get(f"/fukuoka/campaigns/{campaign.pk}/story/").status_code == 404
    draft = Campaign.objects.create(
        organisation=campaign.organisation,
        title="x",
        goal_yen=1,
        first_day=date(2026, 4, 1),
        last_day=date(2026, 4, 1),
    )
    assert Client().get(f"/shibuya/campaigns/{draft.pk}/story/").status_code == 404


def test_the_page_asks_few_questions_however_much_there_is(
    campaign: Campaign, donor: Membership, a_year_of_lessons: list[Coupon]
) -> None:
    mine, screen = gift_of(campaign, donor), signed_in(donor)
    screen.get(f"/shibuya/my/gifts/{mine.reference}/")  # the list of programs is remembered from here on
    with CaptureQueriesContext(connection) as asked:
        screen.get(f"/shibuya/my/gifts/{mine.reference}/")
    reads = [q["sql"] for q in asked if not re.search("SAVEPOINT|set_config", q["sql"])]
    assert len(reads) == 9, reads  # session, person, role, gift; story: five
