"""The pages of monthly gifts: choosing, the result, the donor's own page, the secretariat's list."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Record
from donations.admit import OPEN
from donations.errors import MonthlyNotOffered
from donations.mails import MONTHLY_MAILS
from donations.models import Campaign, Donation, Organisation, Pledge
from donations.monthly_queries import monthly_sums, months_of
from donations.start_monthly import ask_to_begin
from donations.take_in_months import take_in_months
from kernel.clock import as_of, month_after, now
from ledger.models import Transfer
from outbox.handlers import HANDLERS
from outbox.models import Message
from programs.models import Membership, Program, User
from tests.donations.conftest import fields_of, make_campaign
from tests.donations.monthly import (
    a_month,
    advance,
    asked_again,
    begun,
    running,
    said_of,
    standing_campaign,
    wished,
)
from tests.donations.test_donor_screens import text_of
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


@pytest.fixture
def place(program: Program, standing: Campaign) -> str:
    return f"/{program.slug}/campaigns/{standing.pk}/"


def browser_of(pledge: Pledge) -> Client:
    """The donor, signed in."""
    client = Client()
    client.force_login(User.objects.get(pk=pledge.user_id))
    return client


def office_browser(office: Membership) -> Client:
    client = Client()
    client.force_login(office.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
    session.save()
    return client


def test_once_is_chosen_and_monthly_never_before_a_person_chose_it(client: Client, place: str) -> None:
    html = client.get(place + "?amount=3000").content.decode()

    chosen = re.findall(r'<input[^>]*name="rhythm"[^>]*>', html)
    assert len(chosen) == 2 and ["checked" in one for one in chosen] == [True, False] and "once" in chosen[0]
    words = text_of(client.get(place))
    assert "次は2027年4月30日(金)" in words and "いつでも停止でき" in words
    assert "期限はありません" in words


def test_a_campaign_with_an_end_asks_nothing_of_it(
    client: Client, program: Program, campaign: Campaign
) -> None:
    address = f"/{program.slug}/campaigns/{campaign.pk}/"
    assert 'name="rhythm"' not in client.get(address).content.decode()

    client.post(f"{address}give/", fields_of(campaign, rhythm="monthly"))

    assert not Pledge.objects.exists() and MonthlyNotOffered.code == "monthly_not_offered"


@pytest.mark.real_time
def test_from_the_form_to_the_result_page(
    client: Client, program: Program, standing: Campaign, place: str, standin: Standin
) -> None:
    Organisation.objects.update(takes_konbini=True)
    reply = client.post(f"{place}give/", fields_of(standing, rhythm="monthly", method="konbini"))
    pledge = Pledge.objects.get()
    assert reply.status_code == 302 and reply["Location"].startswith(standin.base_url)
    own = f"/{program.slug}/monthly/{pledge.reference}/"
    assert "お支払いが終わっていません" in text_of(client.get(own)) or "10,000円" in text_of(client.get(own))
    stopped = client.get(own + "?cancelled=1")
    assert (
        "毎月の寄付も始まっていません" in text_of(stopped) and reply["Location"] in stopped.content.decode()
    )

    standin.pay(reply["Location"])
    page = client.get(own)  # no webhook was heard: looking is enough
    assert "毎月の寄付が始まりました" in text_of(page) and "10,000円" in text_of(page)
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "same-origin"
    assert Donation.objects.get().state == "paid" and not Transfer.objects.filter(leg=4).exists()


def test_bad_input_stays_with_what_was_chosen(client: Client, standing: Campaign, place: str) -> None:
    reply = client.post(
        f"{place}give/", fields_of(standing, rhythm="monthly", amount_choice="own", amount_own="12")
    )

    html = reply.content.decode()
    chosen = re.findall(r'<input[^>]*name="rhythm"[^>]*>', html)
    assert reply.status_code == 422 and ["checked" in one for one in chosen] == [False, True]
    assert 'value="12"' in html and not Pledge.objects.exists()


def test_a_form_without_its_choice_is_refused_and_guesses_nothing(
    client: Client, standing: Campaign, place: str
) -> None:
    for said in ({}, {"rhythm": "yearly"}):
        assert client.post(f"{place}give/", fields_of(standing, **said)).status_code == 422
    assert not Pledge.objects.exists() and not Donation.objects.exists()


def test_the_gates_count_monthly_gifts_as_any(standing: Campaign, place: str, stripe_away: None) -> None:
    """Five from one line, three open of one address, single and monthly together."""
    browser = Client(REMOTE_ADDR="203.0.113.77")
    rhythms = ["monthly", "once", "monthly", "monthly"]
    answers = [
        browser.post(f"{place}give/", fields_of(standing, rhythm=rhythm, email="same@example.jp")).status_code
        for rhythm in rhythms
    ]
    assert answers == [503, 503, 503, 429] and Pledge.objects.count() == 2 == OPEN.most - 1
    Pledge.objects.update(state="expired")  # one that ended gives its place back
    again = browser.post(f"{place}give/", fields_of(standing, rhythm="monthly", email="same@example.jp"))
    assert again.status_code == 503
    early = fields_of(standing, rhythm="monthly", mark="forged")
    assert Client().post(f"{place}give/", early).status_code == 422


def test_stripe_away_is_said_and_checking_asks_again(
    client: Client, program: Program, standing: Campaign, stripe_away: None
) -> None:
    pledge = wished(standing)
    Pledge.objects.update(state="pending", session_id="cs_1")

    page = client.get(f"/{program.slug}/monthly/{pledge.reference}/")

    assert "お支払いを確認中です" in text_of(page) and 'hx-trigger="every 2s"' in page.content.decode()
    part = client.get(f"/{program.slug}/monthly/{pledge.reference}/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_over_offers_to_begin_again_with_the_amount(
    client: Client, program: Program, standing: Campaign
) -> None:
    pledge = wished(standing)
    Pledge.objects.update(state="expired")

    page = client.get(f"/{program.slug}/monthly/{pledge.reference}/")

    assert f"/campaigns/{standing.pk}/?amount=3000" in page.content.decode()


def test_my_page_shows_next_charge_months_and_what_can_be_done(program: Program, standing: Campaign) -> None:
    pledge = running(standing)
    take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2)))
    browser, own = browser_of(pledge), f"/{program.slug}/my/monthly/{pledge.pk}/"

    words = text_of(browser.get(own))

    assert "次の引き落とし: 2027年4月30日(金)、3,000円" in words and words.count("3,000円") >= 3
    assert "停止する" in words and "別のカードを登録する" in words
    assert f"/my/monthly/{pledge.pk}/" in browser.get(f"/{program.slug}/my/").content.decode()


def test_changing_by_the_page(program: Program, standing: Campaign) -> None:
    pledge = running(standing)
    browser, own = browser_of(pledge), f"/{program.slug}/my/monthly/{pledge.pk}/"
    assert "2027年4月30日(金)の引き落としから変わります" in text_of(browser.get(f"{own}change/"))

    for typed in ("", "abc", "12", "9,999,999"):
        bad = browser.post(f"{own}change/", {"amount": typed})
        assert bad.status_code == 422
    assert 'value="9,999,999"' in bad.content.decode()
    good = browser.post(f"{own}change/", {"amount": "５，０００円"}, follow=True)

    pledge.refresh_from_db()
    assert pledge.wanted_yen == 5_000 and "次の引き落としから変わります" in text_of(good)


def test_stopping_by_the_page_takes_two_presses_and_asks_no_reason(
    program: Program, standing: Campaign
) -> None:
    pledge = running(standing)
    browser, own = browser_of(pledge), f"/{program.slug}/my/monthly/{pledge.pk}/"
    asked = browser.get(f"{own}stop/")
    assert asked.content.decode().count("btn-primary") == 1 and "<textarea" not in asked.content.decode()
    pledge.refresh_from_db()
    assert not pledge.stop_asked_at

    done = browser.post(f"{own}stop/", follow=True)

    pledge.refresh_from_db()
    assert pledge.is_stopping and "今後の引き落としはありません" in text_of(done)
    assert "停止の手続き中" in text_of(done) and "次の引き落とし:" not in text_of(done)


def test_a_declined_month_is_said_with_what_to_do_first(program: Program, standing: Campaign) -> None:
    pledge = running(standing)
    declined = said_of(pledge, declined_invoice_id="in_x", retry_on=date(2027, 4, 3))
    take_in_months(pledge_id=pledge.pk, said=declined)

    page = browser_of(pledge).get(f"/{program.slug}/my/monthly/{pledge.pk}/")

    assert "2027年4月3日(土)に、もう一度" in text_of(page)
    primary = re.findall(r"btn-primary[^>]*>\s*<span>([^<]*)", page.content.decode())
    assert primary == ["別のカードを登録する"]


@pytest.mark.real_time
def test_another_card_is_entered_at_stripe_and_the_next_try_is_charged(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing, card="4000000000000341")
    advance(standin)
    pledge = asked_again(program, pledge)
    browser = browser_of(pledge)

    gone = browser.post(f"/{program.slug}/my/monthly/{pledge.pk}/card/")
    assert gone.status_code == 302 and "/c/portal/" in gone["Location"]
    card = standin.ask("GET", gone["Location"]).location
    fields = {"card": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123"}
    assert standin.post_form(card, fields).status == 303
    advance(standin, 3 * 86_400 + 60)
    pledge = asked_again(program, pledge)

    assert not pledge.is_declined and pledge.donations.count() == 2


def test_stripe_away_at_another_card_is_said(program: Program, standing: Campaign, stripe_away: None) -> None:
    pledge = running(standing)

    said = browser_of(pledge).post(f"/{program.slug}/my/monthly/{pledge.pk}/card/", follow=True)

    assert "応答していません" in text_of(said)


def test_nobody_sees_or_moves_what_is_not_theirs(
    program: Program, standing: Campaign, two_programs: tuple[Program, Program]
) -> None:
    mine, other = running(standing), running(standing, email="other@example.jp")
    browser = browser_of(other)
    for name in ("", "change/", "stop/"):
        assert browser.get(f"/{program.slug}/my/monthly/{mine.pk}/{name}").status_code == 404
        assert browser.get(f"/{two_programs[1].slug}/my/monthly/{mine.pk}/{name}").status_code == 404
    for name in ("change/", "stop/", "card/"):
        assert (
            browser.post(f"/{program.slug}/my/monthly/{mine.pk}/{name}", {"amount": "9000"}).status_code
            == 404
        )
    assert Client().get(f"/{two_programs[1].slug}/monthly/{mine.reference}/").status_code == 404
    mine.refresh_from_db()
    assert not mine.stop_asked_at and mine.wanted_yen is None
    asked = Client().post(f"/{program.slug}/my/monthly/{mine.pk}/card/")
    assert asked.status_code == 302 and "login" in asked["Location"]


def test_the_office_sees_count_sum_and_declined_and_no_whole_address(
    program: Program, standing: Campaign, office: Membership
) -> None:
    gone, declined, good = (running(standing, email=f"{name}@example.jp") for name in ("a", "b", "c"))
    take_in_months(pledge_id=gone.pk, said=said_of(gone, state=Pledge.State.ENDED))
    take_in_months(pledge_id=declined.pk, said=said_of(declined, declined_invoice_id="in_x"))
    sums = monthly_sums()
    assert (sums.count, sums.yen, sums.declined) == (2, 6_000, 1)
    browser = office_browser(office)

    page = browser.get(reverse("office-monthly", args=[program.slug]))

    words = text_of(page)
    assert "6,000円" in words and "カードが使えませんでした" in words and "@example.jp" in words
    assert "a@example.jp" not in words and good.email not in words
    found = text_of(browser.get(reverse("office-monthly", args=[program.slug]), {"q": "C@example.jp"}))
    assert "c•••@example.jp" in found and "b•••@example.jp" not in found
    nothing = browser.get(reverse("office-monthly", args=[program.slug]), {"q": "nobody@example.jp"})
    assert "見つかりません" in text_of(nothing)
    done = browser.post(reverse("office-monthly-stop", args=[program.slug, good.pk]), follow=True)
    good.refresh_from_db()
    assert good.is_stopping and good.stop_why == "office" and "停止しました" in text_of(done)


def test_the_whole_address_stands_one_page_further_and_the_look_is_recorded(
    program: Program, standing: Campaign, office: Membership
) -> None:
    pledge = running(standing, email="caller@example.jp")
    browser = office_browser(office)
    latest = months_of(pledge).first()
    assert latest

    listed = browser.get(reverse("office-monthly", args=[program.slug])).content.decode()

    gift_page = reverse("office-gift", args=[program.slug, latest.pk])
    assert f'href="{gift_page}"' in listed and pledge.email not in listed
    assert not Record.objects.filter(verb__endswith=".read").exists()
    for address, verb in (
        (gift_page, "gift.read"),
        (reverse("office-monthly-stop", args=[program.slug, pledge.pk]), "pledge.read"),
    ):
        assert pledge.email in browser.get(address).content.decode()
        assert Record.objects.get(verb=verb).actor_id == office.pk


def test_each_mail_has_its_handler_and_a_late_one_of_a_decline_is_not_sent(standing: Campaign) -> None:
    assert set(MONTHLY_MAILS) <= set(HANDLERS)
    pledge = running(standing)
    message = Message(topic="monthly_declined", about=pledge.source, facts={"pledge_id": pledge.pk})
    HANDLERS["monthly_declined"](message)  # it would have no program to write to, so it went no further
    assert message.pk is None


def test_the_day_of_the_next_month_is_the_same_or_its_last() -> None:
    days = [date(2027, 1, 31), date(2028, 1, 30), date(2027, 12, 31), date(2027, 4, 15)]

    assert [month_after(day) for day in days] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
        date(2028, 1, 31),
        date(2027, 5, 15),
    ]


def test_the_secretariat_drafts_a_standing_campaign(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    browser = office_browser(office)
    typed = {
        "organisation": str(organisation.pk),
        "title": "毎月の学び",
        "story": "本文",
        "goal_yen": "1000000",
        "kind": "all_in",
        "first_day": "2027-03-31",
        "last_day": "2027-04-30",
        "takes_monthly": "on",
        "minimum_yen": "500",
        "maximum_yen": "100000",
        "operating_per_mille": "10",
    }
    address = reverse("office-campaign-new", args=[program.slug])
    assert "最終日がありません" in text_of(browser.post(address, typed))

    page = browser.post(address, {**typed, "last_day": ""}, follow=True)

    made = Campaign.objects.get()
    assert made.is_standing and made.takes_monthly and "終わりなし" in text_of(page)
    assert "なし" in text_of(browser.get(reverse("office-campaigns", args=[program.slug])))


def test_a_standing_campaign_is_over_only_when_it_is_closed(
    client: Client, program: Program, standing: Campaign, organisation: Organisation, office: Membership
) -> None:
    make_campaign(organisation, office, title="期限のある募集")
    with as_of(now() + timedelta(days=900)):
        home = text_of(client.get(f"/{program.slug}/"))
    assert home.index("毎月の学び") < home.index("終了") < home.index("期限のある募集")
    Campaign.objects.filter(pk=standing.pk).update(state="closed")
    assert "募集は終了しました" in text_of(client.get(f"/{program.slug}/campaigns/{standing.pk}/"))


def test_the_first_page_is_the_same_for_a_repeat(
    program: Program, standing: Campaign, stripe_away: None
) -> None:
    pledge = running(standing)
    assert ask_to_begin(program=program, pledge_id=pledge.pk).endswith(f"/monthly/{pledge.reference}/")
