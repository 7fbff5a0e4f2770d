"""The donor's pages: campaign, giving, result, own gifts; Bad input stays with its words."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from donations.close_campaign import close_campaign
from donations.confirm import confirm
from donations.models import Campaign, Donation, Organisation
from kernel.clock import today
from ledger.models import Transfer
from programs.models import Membership, Program, User
from programs.scoping import acting_in
from tests.donations.conftest import begin, fields_of, make_campaign
from tests.donations.test_confirm import pending, said_of
from tests.stripe_standin.running import Standin, wait_for


@pytest.fixture
def place(program: Program, campaign: Campaign) -> str:
    return f"/{program.slug}/campaigns/{campaign.pk}/"


def text_of(reply: object) -> str:
    """What a person reads: tags off, white space folded."""
    html = reply.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def paid(campaign: Campaign, amount_yen: int = 10_000, **who: str) -> Donation:
    donation = begin(campaign, amount_yen, **who)
    return confirm(donation_id=donation.pk, payment=said_of(donation))


def test_the_campaign_page_shows_goal_raised_donors_and_days(
    client: Client, campaign: Campaign, place: str
) -> None:
    for email in ("a@example.jp", "b@example.jp", "b@example.jp"):
        paid(campaign, email=email)
    pending(campaign, 500_000)  # not arrived: never counted

    words = text_of(client.get(place))

    assert "30,000円" in words and "寄付者 2人" in words and "目標 10,000,000円" in words
    assert "あと1日" in words and "10% はプログラムの運営" in words
    assert "9,000円がクーポンに。ひとりの学び約16日分" in words  # 9,000 * 365 / 200,000
    assert "530,000" not in words


def test_nobody_has_given_yet_is_said(client: Client, place: str) -> None:
    assert "まだ寄付はありません" in text_of(client.get(place))


def test_names_are_shown_only_to_those_who_want(client: Client, campaign: Campaign, place: str) -> None:
    paid(campaign, public_name="たろう<b>")
    paid(campaign, public_name="ひみつ", is_anonymous=True)

    html = client.get(place).content.decode()

    assert escape("たろう<b>") in html and "ひみつ" not in html and "お名前を載せない方" in html
    assert "hanako@example.jp" not in html


@pytest.mark.parametrize("gifts", [0, 7])
def test_the_campaign_page_asks_as_often_for_many_gifts(
    client: Client,
    campaign: Campaign,
    place: str,
    gifts: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(gifts):
        paid(campaign, email=f"{number}@example.jp")
    client.get(place)

    with django_assert_num_queries(11):
        client.get(place)


@pytest.mark.parametrize("campaigns", [1, 4])
def test_the_home_asks_as_often_for_many_campaigns(
    client: Client,
    program: Program,
    organisation: Organisation,
    office: Membership,
    campaigns: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(campaigns):
        paid(make_campaign(organisation, office, title=f"第{number}回"))
    client.get(f"/{program.slug}/")

    with django_assert_num_queries(6):
        words = text_of(client.get(f"/{program.slug}/"))
    assert words.count("10,000円") == campaigns


def test_a_closed_campaign_shows_its_result_and_no_form(
    client: Client, campaign: Campaign, place: str, office: Membership
) -> None:
    paid(campaign)
    close_campaign(campaign=campaign, actor=office)

    reply = client.get(place)

    assert b'name="email"' not in reply.content
    assert "10,000円" in text_of(reply) and "寄付の受付を終えました" in text_of(reply)
    answer = client.post(f"{place}give/", fields_of(campaign))
    assert answer.status_code == 409 and "お金は動いていません" in text_of(answer)


def test_drafts_and_other_programs_campaigns_are_missing(
    client: Client, campaign: Campaign, other_program: Program, program: Program, organisation: Organisation
) -> None:
    draft = Campaign.objects.create(
        organisation=organisation, title="下書き", goal_yen=1, first_day=today(), last_day=today()
    )
    for address in (
        f"/{other_program.slug}/campaigns/{campaign.pk}/",
        f"/{program.slug}/campaigns/{draft.pk}/",
        f"/{program.slug}/campaigns/1/",
        f"/nowhere/campaigns/{campaign.pk}/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}give/", fields_of(campaign)).status_code == 404
    assert not Donation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"amount_own": "499"}, "500円から3,000,000円まで"),
        ({"amount_own": "３，０００，００１円"}, "500円から3,000,000円まで"),
        ({"amount_own": "9" * 29}, "500円から3,000,000円まで"),
        ({"amount_own": "abc"}, "数字で入力してください"),
        ({"amount_own": "-5000"}, "数字で入力してください"),
        ({"amount_own": "1000.5"}, "数字で入力してください"),
        ({"amount_own": "一万"}, "数字で入力してください"),
        ({"amount_own": ""}, "数字で入力してください"),
        ({"amount_choice": "10000", "amount_own": "5000"}, "入力した金額がちがいます"),
        ({"amount_choice": "499"}, "500円から3,000,000円まで"),
        ({"amount_own": "5000", "email": "hanako"}, "メールアドレス"),
        ({"amount_own": "5000", "email": f"a@{'İ' * 60}.{'İ' * 60}.com"}, "文字以下"),
        ({"amount_own": "5000", "agreed": ""}, "寄附規約をお読みになり"),
    ],
)
def test_wrong_input_stays_with_its_words(
    client: Client, campaign: Campaign, place: str, typed: dict[str, str], words: str
) -> None:
    reply = client.post(f"{place}give/", fields_of(campaign, **{"amount_choice": "own", **typed}))

    assert reply.status_code == 422
    assert words in text_of(reply) and "お金は動いていません" in text_of(reply)
    for name in ("amount_own", "email"):
        kept = typed.get(name, "")
        assert not kept or f'value="{kept}"' in reply.content.decode()
    assert not Donation.objects.exists()


@pytest.mark.parametrize("typed", ["１２，０００円", "12,000", " ¥12000 ", "１２０００"])
def test_amounts_are_read_as_people_type_them(
    client: Client, campaign: Campaign, place: str, stripe_away: None, typed: str
) -> None:
    client.post(f"{place}give/", fields_of(campaign, amount_choice="own", amount_own=typed))

    assert Donation.objects.get().amount_yen == 12_000


def test_stripe_away_is_503_with_the_form_kept_and_no_money_moved(
    client: Client, campaign: Campaign, place: str, stripe_away: None
) -> None:
    typed = fields_of(campaign, amount_choice="own", amount_own="12345")
    reply = client.post(f"{place}give/", typed)

    assert reply.status_code == 503 and reply["Retry-After"] == "30"
    assert "決済サービスからいま応答がありません" in text_of(reply)
    html = reply.content.decode()
    assert 'value="12345"' in html and 'value="hanako@example.jp"' in html and typed["request_key"] in html
    assert not Transfer.objects.exists()


def test_an_agreement_that_changed_meanwhile_is_asked_for_again(
    client: Client, campaign: Campaign, place: str
) -> None:
    reply = client.post(f"{place}give/", fields_of(campaign, agreement_version="2020-01"))

    assert reply.status_code == 409 and "寄附規約が変わりました" in text_of(reply)
    assert 'name="agreement_version" value="2026-09"' in reply.content.decode()


def test_the_amount_of_a_failed_gift_is_filled_in_again(client: Client, place: str) -> None:
    assert 'value="4321"' in client.get(f"{place}?amount=4321").content.decode()
    assert client.get(f"{place}?amount=<script>").status_code == 200


@pytest.mark.real_time
def test_from_the_form_to_the_thanks_in_three_screens(
    client: Client, campaign: Campaign, place: str, standin: Standin
) -> None:
    """No webhook at all: looking at the result page is enough."""
    fields = fields_of(campaign)
    hosted = client.post(f"{place}give/", fields)["Location"]
    assert client.post(f"{place}give/", fields)["Location"] == hosted  # pressed twice: one gift
    donation = Donation.objects.get()
    result = f"/{place.split('/')[1]}/gifts/{donation.reference}/"

    assert "お支払いはまだ終わっていません" in text_of(client.get(result))
    assert "お支払いを中止しました" in text_of(client.get(f"{result}?cancelled=1"))
    standin.pay(hosted)
    reply = client.get(result)

    assert "ご寄付を受け取りました" in text_of(reply) and str(donation.pk) in text_of(reply)
    assert "10,000円" in text_of(reply) and "カード" in text_of(reply)
    assert reply["Cache-Control"] == "no-store" and reply["Referrer-Policy"] == "same-origin"
    assert client.post(f"{place}give/", fields)["Location"].endswith(result)  # the back button, and again
    assert Donation.objects.count() == 1


@pytest.mark.real_time
def test_a_declined_card_ends_in_no_money_taken_and_the_amount_kept(
    client: Client, campaign: Campaign, place: str, standin: Standin
) -> None:
    hosted = client.post(f"{place}give/", fields_of(campaign))["Location"]
    standin.pay(hosted, card="4000000000000002")
    standin.control("advance", {"seconds": 3_600})
    donation = Donation.objects.get()

    reply = wait_for(lambda: client.get(f"/{place.split('/')[1]}/gifts/{donation.reference}/"))

    assert "カード会社が承認しませんでした。お金は動いていません。" in text_of(reply)
    assert f"{place}?amount=10000" in reply.content.decode()


def test_checking_asks_again_by_itself_and_by_reload(
    client: Client, program: Program, campaign: Campaign, stripe_away: None
) -> None:
    donation = pending(campaign)
    address = f"/{program.slug}/gifts/{donation.reference}/"

    whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})

    assert "お支払いを確認中です" in text_of(whole)
    assert 'hx-trigger="every 2s"' in part.content.decode() and "<html" not in part.content.decode()
    confirm(donation_id=donation.pk, payment=said_of(donation))
    assert "hx-trigger" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_a_gift_is_opened_by_its_reference_alone(
    client: Client, program: Program, other_program: Program, campaign: Campaign
) -> None:
    donation = paid(campaign)

    assert client.get(f"/{program.slug}/gifts/{uuid4()}/").status_code == 404
    assert client.get(f"/{other_program.slug}/gifts/{donation.reference}/").status_code == 404
    html = client.get(f"/{program.slug}/gifts/{donation.reference}/").content.decode()
    assert "hanako@example.jp" not in html


def test_a_donor_sees_own_gifts_only(
    client: Client,
    program: Program,
    other_program: Program,
    campaign: Campaign,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mine, foreign = paid(campaign), paid(campaign, email="other@example.jp")
    client.force_login(User.objects.get(email="hanako@example.jp"))
    client.get(f"/{program.slug}/my/")
    for number in range(3):
        paid(campaign, 1_000 + number)

    with django_assert_num_queries(10):
        reply = client.get(f"/{program.slug}/my/")

    html = reply.content.decode()
    assert str(mine.reference) in html and str(foreign.reference) not in html
    assert "13,003円" in text_of(reply)
    assert client.get(f"/{other_program.slug}/my/").status_code == 404


def test_my_gifts_needs_the_donors_role(client: Client, program: Program, office: Membership) -> None:
    assert client.get(f"/{program.slug}/my/").status_code == 302
    client.force_login(office.user)
    assert client.get(f"/{program.slug}/my/").status_code == 404


def test_no_gifts_yet_is_said(client: Client, program: Program, stranger: Membership) -> None:
    client.force_login(stranger.user)

    assert "寄付の記録はまだありません" in text_of(client.get(f"/{program.slug}/my/"))


def test_a_program_without_campaigns_says_so(client: Client, two_programs: tuple[Program, Program]) -> None:
    with acting_in(two_programs[0].pk):
        assert "キャンペーンはまだありません" in text_of(client.get(f"/{two_programs[0].slug}/"))


def test_the_english_pages_are_english(client: Client, campaign: Campaign, place: str) -> None:
    client.cookies["language"] = "en"

    words = text_of(client.get(place))

    assert "Learning this spring" in words and "Goal ¥10,000,000" in words and "寄付" not in words


def test_the_forms_address_typed_or_loaded_anew_leads_to_the_campaign(
    client: Client, campaign: Campaign
) -> None:
    answer = client.get(f"/shibuya/campaigns/{campaign.pk}/give/")
    assert (answer.status_code, answer["Location"]) == (302, f"/shibuya/campaigns/{campaign.pk}/")
    assert client.get("/shibuya/campaigns/1/give/").status_code == 404
