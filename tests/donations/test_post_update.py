"""donations.draft_update, post_update and update_mail: donors are told once, in their language."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Record
from donations.confirm import confirm
from donations.draft_update import News, draft_update
from donations.errors import CampaignNotOpen, PictureUnknown, UpdateAlreadySent
from donations.models import Campaign, CampaignUpdate, Donation, NoUpdates, Organisation, UpdateMail
from donations.post_update import post_update
from donations.stop_updates import gift_of_key, stop_updates
from donations.update_mail import mail_of_update
from kernel.clock import today
from kernel.errors import NotAllowed
from outbox.mail_kinds import Written
from outbox.models import Job, Message
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import begin, make_campaign, work_off
from tests.donations.test_confirm import pending, said_of

NEWS = News(
    title="最初の授業がありました",
    body="# 報告\n\n**12人**が通いはじめました。\n\n[写真のページ](https://example.jp/)",
    title_en="The first lesson",
    body_en="**12** children have begun.",
)


def paid(campaign: Campaign, email: str, language: str = "ja") -> Donation:
    gift = begin(campaign, 10_000, email=email, language=language)
    return confirm(donation_id=gift.pk, payment=said_of(gift))


def stop_address_of(written: Written) -> str:
    return written.headers["List-Unsubscribe"].strip("<>")


@pytest.fixture
def update(campaign: Campaign, office: Membership) -> CampaignUpdate:
    return draft_update(campaign=campaign, news=NEWS, actor=office)


@pytest.fixture
def donors(campaign: Campaign) -> list[Donation]:
    """Hanako gave twice, John reads English; neither the thanks nor a gift on its way count."""
    gifts = [paid(campaign, "hanako@example.jp"), paid(campaign, "hanako@example.jp")]
    gifts.append(paid(campaign, "john@example.jp", "en"))
    pending(campaign, 500)
    Donation.objects.filter(state="pending").update(email="waiting@example.jp")
    work_off()
    mail.outbox.clear()
    return gifts


def test_an_update_is_drafted_and_revised_and_nobody_is_told(
    update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    again = draft_update(
        campaign=update.campaign, news=News(title="直し", body="本文"), actor=office, update=update
    )

    assert (again.pk, again.title, again.title_en, again.published_at) == (update.pk, "直し", "", None)
    work_off()
    assert not mail.outbox and not UpdateMail.objects.exists()


def test_each_donor_is_told_once_in_their_language(
    update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    posted = post_update(update=update, actor=office)
    again = post_update(update=update, actor=office)
    work_off()

    assert posted.published_at and again.published_at == posted.published_at
    assert sorted((m.to[0], m.subject) for m in mail.outbox) == [
        ("hanako@example.jp", "最初の授業がありました"),
        ("john@example.jp", "The first lesson"),
    ]
    japanese, english = sorted(mail.outbox, key=lambda m: m.to[0])
    assert "報告\n\n12人が通いはじめました。\n\n写真のページ (https://example.jp/)" in japanese.body
    assert "12 children have begun." in english.body and "This update on the web:" in english.body
    assert "**" not in japanese.body + english.body
    assert f"/campaigns/{update.campaign_id}/story/" in japanese.body and "/story/" in english.body
    job = Job.objects.get()
    assert (job.total, job.done, job.state) == (2, 2, "done")
    assert Record.objects.filter(verb="campaign_update.posted").count() == 1


def test_what_was_delivered_twice_is_one_mail(
    update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    post_update(update=update, actor=office)
    work_off()
    Message.objects.filter(topic="campaign_update").update(sent_at=None, leased_until=None)
    work_off()

    assert len(mail.outbox) == 2
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 2


def test_the_database_too_says_once_per_address(
    update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    post_update(update=update, actor=office)

    with pytest.raises(IntegrityError, match="update_mail_once"), transaction.atomic():
        UpdateMail.objects.create(update=update, donation=donors[0], email="hanako@example.jp")


def test_the_mail_has_a_link_that_mail_programs_press_by_themselves(
    client: Client, program: Program, update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    post_update(update=update, actor=office)
    work_off()

    first = min(mail.outbox, key=lambda m: m.to[0])
    address = first.extra_headers["List-Unsubscribe"].strip("<>")
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in first.body and "hanako" not in address
    strict = Client(enforce_csrf_checks=True)  # a mail program has no form of ours
    reply = strict.post(address.split("8000")[1], {"List-Unsubscribe": "One-Click"})
    assert reply.status_code == 200 and NoUpdates.objects.get().email == "hanako@example.jp"


def test_who_stopped_is_not_told_not_even_if_it_was_after_publishing(
    update: CampaignUpdate, office: Membership, donors: list[Donation]
) -> None:
    stop_updates(donation=donors[0])
    post_update(update=update, actor=office)
    stop_updates(donation=donors[2])
    work_off()

    assert not mail.outbox
    assert [(m.email, m.is_stopped) for m in UpdateMail.objects.all()] == [("john@example.jp", True)]


def test_donors_of_another_campaign_are_not_told(
    update: CampaignUpdate, organisation: Organisation, office: Membership
) -> None:
    paid(make_campaign(organisation, office, title="夏"), "other@example.jp")
    work_off()
    mail.outbox.clear()

    post_update(update=update, actor=office)
    work_off()

    assert not mail.outbox and not Job.objects.exists()


def test_a_mail_that_fails_is_tried_again_and_the_others_go_out(
    update: CampaignUpdate,
    office: Membership,
    donors: list[Donation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mail server refuses one address: the real sending path, with an address no server takes."""
    post_update(update=update, actor=office)
    UpdateMail.objects.filter(email="hanako@example.jp").update(email="broken\r\nBcc: x@example.jp")
    work_off()

    assert [m.to[0] for m in mail.outbox] == ["john@example.jp"]
    waiting = Message.objects.get(topic="campaign_update", done_at=None)
    assert waiting.last_error and "example.jp" not in waiting.last_error


def test_what_was_sent_is_not_changed(update: CampaignUpdate, office: Membership) -> None:
    post_update(update=update, actor=office)

    with pytest.raises(UpdateAlreadySent):
        draft_update(
            campaign=update.campaign, news=News(title="直し", body="本文"), actor=office, update=update
        )


def test_a_draft_campaign_has_no_updates_and_pictures_must_be_there(
    organisation: Organisation, campaign: Campaign, office: Membership
) -> None:
    draft = Campaign.objects.create(
        organisation=organisation, title="下書き", goal_yen=1, first_day=today(), last_day=today()
    )
    with pytest.raises(CampaignNotOpen):
        draft_update(campaign=draft, news=NEWS, actor=office)
    with pytest.raises(PictureUnknown):
        draft_update(campaign=campaign, news=News(title="写真", body="![](picture:4)"), actor=office)
    assert not CampaignUpdate.objects.exists()


def test_a_stranger_may_neither_draft_nor_post(
    update: CampaignUpdate, stranger: Membership, donors: list[Donation]
) -> None:
    with pytest.raises(NotAllowed):
        draft_update(campaign=update.campaign, news=NEWS, actor=stranger)
    with pytest.raises(NotAllowed):
        post_update(update=update, actor=stranger)
    assert not UpdateMail.objects.exists() and CampaignUpdate.objects.count() == 1


def test_a_key_opens_only_its_own_gift_in_its_own_program(
    program: Program, other_program: Program, campaign: Campaign, update: CampaignUpdate, client: Client
) -> None:
    gift = paid(campaign, "hanako@example.jp")
    address = stop_address_of(mail_of_update(update, program, "ja", gift))
    key = address.rstrip("/").rsplit("/", 1)[1]

    assert gift_of_key(key) == gift
    assert gift_of_key(key[:-1] + ("A" if key[-1] != "A" else "B")) is None and gift_of_key("") is None
    with acting_in(other_program.pk):
        assert gift_of_key(key) is None
    for wrong in (f"/{other_program.slug}/updates/stop/{key}/", f"/{program.slug}/updates/stop/{key}x/"):
        assert client.get(wrong).status_code == 404 and client.post(wrong).status_code == 404
    assert not NoUpdates.objects.exists()


def test_one_click_stops_and_one_more_takes_it_back(
    client: Client, program: Program, campaign: Campaign, update: CampaignUpdate
) -> None:
    gift = paid(campaign, "hanako@example.jp")
    path = stop_address_of(mail_of_update(update, program, "ja", gift)).split("8000")[1]

    assert client.head(path).status_code == 200 and not NoUpdates.objects.exists()
    reply = client.get(path)
    assert "活動報告のメールを止めました" in reply.content.decode() and "hanako" not in reply.content.decode()
    assert "no-store" in reply["Cache-Control"] and reply["Referrer-Policy"] == "same-origin"
    client.get(path)
    assert NoUpdates.objects.count() == 1 and Record.objects.filter(verb="updates.stopped").count() == 1

    client.post(path.replace("/stop/", "/again/"))
    assert not NoUpdates.objects.exists()
    assert client.get(path.replace("/stop/", "/again/")).status_code == 405
