"""The secretariat's pages about campaigns, from an empty list to a settled campaign."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from donations.draft_update import News, draft_update
from donations.models import Campaign, CampaignPicture, CampaignUpdate, Organisation
from donations.post_update import post_update
from kernel.clock import today
from programs.models import Membership, Program, Role
from tests.conftest import FROZEN, member
from tests.donations.conftest import begin, make_campaign, work_off
from tests.donations.test_add_picture import a_bomb, a_picture
from tests.donations.test_confirm import pending
from tests.donations.test_donor_screens import paid, text_of


def signed_in_as(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
    session.save()
    return client


def typed(organisation: Organisation, **changes: str) -> dict[str, str]:
    """What a browser posts from the editor."""
    fields = {
        "organisation": str(organisation.pk),
        "title": "夏の学び",
        "title_en": "A summer of learning",
        "story": "# はじめに\n\n**学び**を支える。",
        "story_en": "",
        "goal_yen": "３，０００，０００円",
        "kind": "all_in",
        "first_day": today().isoformat(),
        "last_day": (today() + timedelta(days=30)).isoformat(),
        "preset_1": "3,000",
        "preset_2": "",
        "preset_3": "10000",
        "preset_4": "",
        "minimum_yen": "500",
        "maximum_yen": "1,000,000",
        "operating_per_mille": "7.5",
    }
    return {**fields, **changes}


@pytest.fixture
def first(office: Membership) -> Client:
    return signed_in_as(office)


@pytest.fixture
def second(program: Program) -> Client:
    return signed_in_as(member(program, Role.OFFICE, "second@shibuya.example"))


@pytest.fixture
def place(program: Program) -> str:
    return f"/{program.slug}/office/campaigns/"


def said(client: Client, reply: HttpResponse) -> str:
    """What the page says to which an act led."""
    assert reply.status_code == 302, reply.content.decode()
    return text_of(client.get(reply["Location"]))


def test_an_empty_list_says_what_comes_first(first: Client, place: str) -> None:
    assert "寄付を受け取る団体がまだありません" in text_of(first.get(place))


def test_an_empty_list_with_an_organisation_offers_the_first_step(
    first: Client, organisation: Organisation, place: str
) -> None:
    page = first.get(place)
    assert "キャンペーンはまだありません" in text_of(page) and f"{place}new/" in page.content.decode()


def test_two_people_bring_a_campaign_from_the_editor_to_the_public(
    first: Client, second: Client, client: Client, program: Program, organisation: Organisation, place: str
) -> None:
    reply = first.post(f"{place}new/", typed(organisation))
    campaign = Campaign.objects.get()
    own, public = f"{place}{campaign.pk}/", f"/{program.slug}/campaigns/{campaign.pk}/"
    assert "下書きを保存しました" in said(first, reply)
    assert (campaign.goal_yen, campaign.operating_per_mille, campaign.presets) == (
        3_000_000,
        75,
        [3_000, 10_000],
    )
    assert client.get(public).status_code == 404

    preview = text_of(first.get(f"{own}preview/"))
    assert "プレビュー" in preview and "学びを支える" in preview
    assert (
        "目標に届かないときも、お金はお約束どおりに使います" in preview and "2,775円がクーポンに" in preview
    )

    assert "確認に出しました" in said(first, first.post(f"{own}submit/"))
    assert f"{own}open/" not in first.get(own).content.decode()  # not for the one who submitted
    assert "確認に出した本人は公開できません" in said(first, first.post(f"{own}open/"))
    assert client.get(public).status_code == 404

    assert f"{own}open/" in second.get(own).content.decode()
    assert "キャンペーンを公開しました" in said(second, second.post(f"{own}open/", seen_on(second, own)))
    assert "目標に届かないときも、お金はお約束どおりに使います" in text_of(client.get(public))
    assert "公開中" in text_of(first.get(place)) or "受付中" in text_of(first.get(place))


def seen_on(person: Client, own: str) -> dict[str, str]:
    """What the buttons of the campaign's page send along: of which review it was drawn."""
    marks = set(re.findall(r'name="seen" value="([^"]+)"', person.get(own).content.decode()))
    assert len(marks) == 1
    return {"seen": unescape(marks.pop())}


def test_a_tab_from_before_a_change_opens_nothing(
    first: Client, second: Client, client: Client, organisation: Organisation, place: str, program: Program
) -> None:
    first.post(f"{place}new/", typed(organisation))
    own = f"{place}{Campaign.objects.get().pk}/"
    first.post(f"{own}submit/")
    old_tab = seen_on(second, own)
    first.post(f"{own}send-back/", seen_on(first, own))
    first.post(f"{own}edit/", typed(organisation, operating_per_mille="50"))
    with time_machine.travel(FROZEN + timedelta(minutes=1), tick=False):
        first.post(f"{own}submit/")

    for tab in (old_tab, {}):
        assert "もう一度確認に出されました" in said(second, second.post(f"{own}open/", tab))
        assert "もう一度確認に出されました" in said(second, second.post(f"{own}send-back/", tab))
    assert Campaign.objects.get().state == "review"

    assert "キャンペーンを公開しました" in said(second, second.post(f"{own}open/", seen_on(second, own)))


def test_sending_back_says_why_and_the_draft_can_be_changed(
    first: Client, second: Client, organisation: Organisation, place: str
) -> None:
    first.post(f"{place}new/", typed(organisation))
    own = f"{place}{Campaign.objects.get().pk}/"
    first.post(f"{own}submit/")

    words = {"words": "割合を10にしてください", **seen_on(second, own)}
    said(second, second.post(f"{own}send-back/", words))

    assert "割合を10にしてください" in text_of(first.get(own))
    assert first.post(f"{own}edit/", typed(organisation, operating_per_mille="10")).status_code == 302
    assert Campaign.objects.get().operating_per_mille == 100


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"goal_yen": "たくさん"}, "数字で入力してください"),
        ({"goal_yen": "0"}, "数字で入力してください"),
        ({"last_day": "2020-01-01"}, "初日よりあとに"),
        ({"maximum_yen": "400"}, "下限以上に"),
        ({"preset_1": "499"}, "下限から上限の間にありません"),
        ({"operating_per_mille": "50.1"}, "0から50まで"),
        ({"operating_per_mille": "7.55"}, "0から50まで"),
        ({"operating_per_mille": "NaN"}, "0から50まで"),
        ({"title": ""}, "必須です"),
        ({"story": "![](picture:9)"}, "写真9"),
    ],
)
def test_wrong_input_stays_with_its_words(
    first: Client, organisation: Organisation, place: str, changes: dict[str, str], words: str
) -> None:
    reply = first.post(f"{place}new/", typed(organisation, **changes))

    assert reply.status_code == 422 and words in text_of(reply)
    html = reply.content.decode()
    assert "A summer of learning" in html and "学び**を支える" in html or "story" in changes
    assert all(value in html for name, value in changes.items())
    assert not Campaign.objects.exists()


def test_an_opened_campaign_shows_no_editor_for_its_promises(
    first: Client, campaign: Campaign, place: str
) -> None:
    own = f"{place}{campaign.pk}/"
    html = first.get(own).content.decode()

    assert f"{own}edit/" not in html and f"{own}story/" in html and f"{own}extend/" in html
    reply = first.post(f"{own}edit/", typed(campaign.organisation))
    assert reply.status_code == 409 and "下書きではありません" in text_of(reply)
    campaign.refresh_from_db()
    assert campaign.goal_yen == 10_000_000


def test_story_and_last_day_change_on_their_own_pages(
    first: Client, client: Client, program: Program, campaign: Campaign, place: str
) -> None:
    own, later = f"{place}{campaign.pk}/", (today() + timedelta(days=7)).isoformat()

    said(first, first.post(f"{own}story/", {"story": "- 一\n- 二", "story_en": ""}))
    assert first.post(f"{own}extend/", {"last_day": later, "reason": ""}).status_code == 422
    earlier = first.post(f"{own}extend/", {"last_day": "2027-03-30", "reason": "x"})
    assert earlier.status_code == 422 and "あとの日にだけ" in text_of(earlier)
    said(first, first.post(f"{own}extend/", {"last_day": later, "reason": "要望が多いため"}))

    page = client.get(f"/{program.slug}/campaigns/{campaign.pk}/")
    assert "<li>一</li>" in page.content.decode() and "あと8日" in text_of(page)


def test_ending_and_settling(
    first: Client, client: Client, program: Program, campaign: Campaign, place: str
) -> None:
    paid(campaign)
    waiting = pending(campaign, 700)
    own = f"{place}{campaign.pk}/"

    assert "キャンペーンを終了しました" in said(first, first.post(f"{own}close/"))
    page = first.get(own)
    assert (
        "まだ終わっていない寄付があります" in text_of(page) and f"{own}settle/" not in page.content.decode()
    )
    assert "まだ終わっていない寄付が1件" in said(first, first.post(f"{own}settle/"))
    type(waiting).objects.filter(pk=waiting.pk).update(state="expired")
    assert f"{own}settle/" in first.get(own).content.decode()
    assert "精算が終わりました" in said(first, first.post(f"{own}settle/"))
    assert "最終報告" in text_of(client.get(f"/{program.slug}/campaigns/{campaign.pk}/"))


def test_pictures_are_added_shown_and_refused_in_words(first: Client, campaign: Campaign, place: str) -> None:
    own = f"{place}{campaign.pk}/pictures/"
    assert "写真はまだありません" in text_of(first.get(own))

    def send(content: bytes, **words: str) -> Any:
        return first.post(own, {"picture": SimpleUploadedFile("a.jpg", content), "alt": "机", **words})

    assert "写真1を加えました" in said(first, send(a_picture()))
    assert "![](picture:1)" in text_of(first.get(own))
    for content, words in (
        (b"fake", "写真として読めません"),
        (a_bomb(), "大きすぎます"),
        (b"\0" * 5_300_000, "5MB"),
    ):
        reply = send(content)
        assert reply.status_code == 422 and words in text_of(reply)
    assert send(a_picture(), alt="").status_code == 422
    assert first.post(own, {"alt": "机"}).status_code == 422
    assert CampaignPicture.objects.count() == 1

    picture = CampaignPicture.objects.get()
    remove = f"/{place.split('/')[1]}/office/pictures/{picture.pk}/remove/"
    assert "写真を消しました" in said(first, first.post(remove))


def test_an_update_is_written_looked_at_and_sent(
    first: Client, client: Client, program: Program, campaign: Campaign, place: str
) -> None:
    paid(campaign)
    work_off()
    mail.outbox.clear()
    fields = {"title": "報告です", "body": "**12人**", "title_en": "News", "body_en": "**12** children"}

    reply = first.post(f"{place}{campaign.pk}/updates/new/", fields)
    update = CampaignUpdate.objects.get()
    own, public = reply["Location"], f"/{program.slug}/campaigns/{campaign.pk}/updates/{update.pk}/"
    shown = text_of(first.get(own))
    assert "寄付者1人にメールを送る" in shown and "12 children" in shown and "No more updates" in shown
    assert client.get(public).status_code == 404
    first.post(f"{own}edit/", {**fields, "title": "報告を直しました"})

    job_page = first.post(f"{own}post/")["Location"]
    assert "活動報告を送っています" in text_of(first.get(job_page))
    work_off()

    assert "活動報告の送信を始めました" in text_of(first.get(job_page))
    assert [m.subject for m in mail.outbox] == ["報告を直しました"]
    assert "<strong>12人</strong>" in client.get(public).content.decode()
    assert "報告を直しました" in text_of(client.get(f"/{program.slug}/campaigns/{campaign.pk}/"))
    assert "この報告は送りました" in text_of(first.get(own))
    assert first.post(f"{own}edit/", fields).status_code == 409


def test_what_is_on_its_way_stands_apart(client: Client, program: Program, campaign: Campaign) -> None:
    page = f"/{program.slug}/campaigns/{campaign.pk}/"
    paid(campaign)
    pending(campaign, 900)  # a card page that is merely open promises nothing
    assert "まだ届いていない寄付" not in text_of(client.get(page))
    slip = begin(campaign, 7_000)
    type(slip).objects.filter(pk=slip.pk).update(state="pending", method="bank")

    words = text_of(client.get(page))

    assert "まだ届いていない寄付が7,000円" in words and "17,000円" not in words
    assert "実際は10%、約束は10%です" in words and "これまでに使ったのは0円です" in words


def test_the_program_page_lists_what_is_open_what_begins_and_what_ended(
    client: Client, program: Program, organisation: Organisation, office: Membership
) -> None:
    day = today()
    make_campaign(organisation, office, title="受付中の募集")
    make_campaign(
        organisation,
        office,
        title="これからの募集",
        first_day=day + timedelta(days=3),
        last_day=day + timedelta(days=9),
    )
    make_campaign(organisation, office, title="おわった募集", last_day=day - timedelta(days=1))

    words = text_of(client.get(f"/{program.slug}/"))

    order = [words.index(title) for title in ("受付中の募集", "これからの募集", "おわった募集")]
    assert order == sorted(order)
    lists = text_of(signed_in_as(office).get(f"/{program.slug}/office/campaigns/"))
    assert lists.count("公開中（受付開始前）") == 1


def test_the_public_page_is_the_same_for_everyone_but_its_keys(
    program: Program, campaign: Campaign, office: Membership
) -> None:
    """What a cache may keep: two visitors get the same bytes but for the CSRF token and the request key."""
    paid(campaign)
    post_update(update=draft_update(campaign=campaign, news=News("題", "文"), actor=office), actor=office)

    def bare() -> str:
        html = Client().get(f"/{program.slug}/campaigns/{campaign.pk}/").content.decode()
        for key in ("csrfmiddlewaretoken", "request_key", "mark"):
            html, count = re.subn(rf'name="{key}" value="[^"]+"', f'name="{key}"', html)
            assert count
        return html

    assert bare() == bare()
