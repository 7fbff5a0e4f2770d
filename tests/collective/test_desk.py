"""collective/desk.py and the secretariat's pages."""

from datetime import timedelta

import pytest
from django.core import mail

from collective.desk import desk, moment_of_id
from donations.draft_campaign import Plan, draft_campaign
from donations.fill_reserve import fill_reserve
from donations.models import Donation
from donations.submit_campaign import submit_campaign
from kernel.clock import now, today
from outbox.models import Job, Message
from outbox.put import put
from partners.models import Classroom, Provider
from people.invite import invite
from programs.models import Invitation, Membership, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_coupon, a_fund, a_school, an_application
from tests.donations.by_hand import second_person
from tests.donations.conftest import begin, make_campaign, make_organisation
from tests.donations.reserve import asked, with_running_costs
from tests.ledger.test_reserve import take_out
from tests.metrics.conftest import signed_in


def a_campaign_in_review(office):
    plan = Plan(title="夏", goal_yen=1, first_day=today(), last_day=today())
    draft = draft_campaign(organisation=make_organisation(office), plan=plan, actor=office)
    return submit_campaign(campaign=draft, actor=office)


def waiting(label):
    return next((one for one in desk().queue if str(one.label) == label), None)


@pytest.fixture
def screen(office):
    return signed_in(office)


@pytest.fixture
def room(program):
    school = Provider.objects.create(name="まなび塾", kind="juku", payable=a_school())
    return Classroom.objects.create(provider=school, name="本校", area="区")


def test_nothing_waits(year, office, screen):
    assert desk().queue == []
    assert "待っていることはありません" in screen.get("/shibuya/office/").content.decode()


def test_a_campaign_in_review_waits(year, office):
    a_campaign_in_review(office)

    one = waiting("確認を待つキャンペーン")

    assert (one.count, one.oldest, one.page) == (1, now(), "office-campaigns")


def test_a_reserve_below_zero_is_trouble_and_a_low_one_is_said(year, office):
    assert waiting("損失準備金が少なくなっています") is None
    gift = a_gift_by_card(office, 10_000)
    one = waiting("損失準備金が少なくなっています")
    assert (one.count, one.is_trouble, one.page) == (1, False, "money-reserve") and "10,000円" in str(
        one.words
    )
    assert one.missing_yen == 10_000
    row = signed_in(office).get("/shibuya/office/").content.decode().partition("損失準備金が少なく")[2]
    row = row.partition("</tr>")[0]
    assert "10,000円不足" in row and "件数" not in row and "—" not in row
    with_running_costs(20_000)
    fill = asked(office, 10_000)
    assert waiting("損失準備金への補充").count == 1
    fill_reserve(fill=fill, actor=second_person(office.program))
    assert waiting("損失準備金が少なくなっています") is None
    take_out(10_001)
    trouble = waiting("損失準備金が不足しています")
    assert trouble.is_trouble and "1円" in str(trouble.words) and trouble.missing_yen == 1
    assert gift.amount_yen == 10_000


def a_gift_by_card(office, yen):
    campaign = make_campaign(make_organisation(office), office)
    gift = begin(campaign, yen)
    Donation.objects.filter(pk=gift.pk).update(state="paid", charge_id="ch_1", paid_at=now())
    return gift


def test_each_kind_of_waiting_is_counted_with_its_oldest(year, office, room):
    an_application(year, office, state="applied")
    an_application(year, office, state="applied")
    invite(email="new@city.example", role=Role.CITY, actor=office)
    Job.objects.create(kind="coupons.issue", total=5, started_by=office)
    late = put("nothing", about="x:1")
    Message.objects.filter(pk=late.pk).update(created_at=now() - timedelta(minutes=11))

    found = {str(one.label): (one.count, one.page) for one in desk().queue}

    assert found == {
        "決定を待つ申込": (2, "office-families"),
        "承認を待つ参画事業者": (1, "office-schools"),
        "まだ承諾されていない招待": (1, "office-people"),
        "時間のかかる処理": (1, "job"),
        "届いていない連絡": (1, ""),
    }
    assert str(desk().queue[0].label) == "届いていない連絡"  # troubles first
    assert waiting("決定を待つ申込").oldest == now()


def test_a_message_of_ten_minutes_is_not_late_yet(program, office):
    fresh = put("nothing", about="x:1")
    Message.objects.filter(pk=fresh.pk).update(created_at=now() - timedelta(minutes=10))
    assert waiting("届いていない連絡") is None


def test_a_stopped_job_is_trouble(program, office):
    Job.objects.create(kind="x", total=5, done=2, started_by=office, state="stopped")
    assert desk().queue[0].is_trouble
    Job.objects.update(state="done", done=5)
    assert desk().queue == []


def test_children_without_a_coupon_and_whether_the_fund_suffices(year, office):
    an_application(year, office)
    a_coupon(year, office)
    assert str(waiting("承認済みで、まだクーポンのない子ども").words) == "全員分には基金がまだ足りません。"
    a_fund(200_000)
    one = waiting("承認済みで、まだクーポンのない子ども")
    assert (one.count, str(one.words)) == (1, "基金は全員分あります。")


def test_money_stands_below(year, office):
    a_fund(70_000, label="寄付")
    a_coupon(year, office, face_yen=10_000)
    found = desk()
    assert ("寄付", 70_000) in found.funds
    assert (found.fund_yen, found.coupons_yen, found.children) == (70_000, 10_000, 1)


def test_another_program_waits_for_nothing(year, office, room, other_program):
    with acting_in(other_program.pk):
        assert desk().queue == []


def test_an_id_tells_when_its_row_was_made(room):
    made = moment_of_id(room.pk)
    assert made.year >= 2026  # the database's clock runs while ours stands


def test_the_number_of_queries_does_not_grow(year, office, screen, django_assert_num_queries):
    def opened():
        with django_assert_num_queries(33):
            assert screen.get("/shibuya/office/").status_code == 200

    screen.get("/shibuya/office/")
    opened()
    for _ in range(5):
        an_application(year, office, state="applied")
        an_application(year, office)
        a_fund(10, label="x")
    opened()


def test_the_people_page_invites_counter_staff_to_their_classroom(office, room, screen):
    posted = {"email": "till@school.example", "role": "counter", "place": f"classroom:{room.pk}"}
    answer = screen.post("/shibuya/office/people/", posted, follow=True)

    assert Invitation.objects.get().about == {"kind": "classroom_staff", "classroom_id": room.pk}
    assert "till@school.example あてに招待を送ります" in answer.content.decode()
    assert mail.outbox == []  # the outbox sends, not the page


@pytest.mark.parametrize(
    ("role", "place"),
    [("counter", ""), ("provider_admin", ""), ("city", "room"), ("counter", "classroom:1"), ("guardian", "")],
)
def test_the_people_page_refuses_a_role_without_its_place(office, room, screen, role, place):
    chosen = f"classroom:{room.pk}" if place == "room" else place
    answer = screen.post("/shibuya/office/people/", {"email": "a@b.example", "role": role, "place": chosen})
    assert answer.status_code == 422
    assert 'value="a@b.example"' in answer.content.decode()  # what was typed stays
    assert not Invitation.objects.exists()


def test_the_people_page_says_who_is_a_member_already(office, city, screen):
    answer = screen.post("/shibuya/office/people/", {"email": city.user.email, "role": "city", "place": ""})
    assert answer.status_code == 409
    assert "すでにこの役割を持っています" in answer.content.decode()


def test_the_people_page_ends_a_role(office, city, screen):
    answer = screen.post(f"/shibuya/office/people/{city.pk}/end/", follow=True)
    assert answer.status_code == 200
    assert not Membership.objects.get(pk=city.pk).is_active
    assert signed_in(city).get("/shibuya/city/").status_code == 404


def test_the_people_page_keeps_ones_own_role(office, screen):
    answer = screen.post(f"/shibuya/office/people/{office.pk}/end/", follow=True)
    assert "自分の役割は外せません" in answer.content.decode()
    assert Membership.objects.get(pk=office.pk).is_active


def test_a_member_of_another_program_is_missing(office, other_program, screen):
    theirs = member(other_program, Role.CITY)
    assert screen.post(f"/shibuya/office/people/{theirs.pk}/end/").status_code == 404


def test_the_people_page_asks_a_fixed_number_of_queries(office, screen, django_assert_num_queries):
    def opened():
        with django_assert_num_queries(13):
            assert screen.get("/shibuya/office/people/").status_code == 200

    screen.get("/shibuya/office/people/")
    opened()
    for number in range(5):
        member(office.program, Role.CITY, f"c{number}@city.example")
        invite(email=f"i{number}@city.example", role=Role.CITY, actor=office)
    opened()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
@pytest.mark.parametrize("page", ["office/", "office/people/"])
def test_others_find_no_page(program, role, page):
    assert signed_in(member(program, role)).get(f"/shibuya/{page}").status_code == 404
