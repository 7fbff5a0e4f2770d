"""donations.ask_for_copy: the person who writes an update reads it as a mail first, and nobody else does."""

import pytest
from django.core import mail
from django.test import Client

from collective.mail_log import lines_of
from donations.ask_for_copy import ask_for_copy
from donations.draft_update import draft_update
from donations.models import Campaign, CampaignUpdate, UpdateMail
from kernel.errors import NotAllowed
from outbox.models import Mail, Message
from outbox.put import put
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import work_off
from tests.donations.test_post_update import NEWS, paid
from tests.outbox.returned import a_mail


@pytest.fixture
def update(campaign: Campaign, office: Membership) -> CampaignUpdate:
    paid(campaign, "hanako@example.jp")
    work_off()
    mail.outbox.clear()
    return draft_update(campaign=campaign, news=NEWS, actor=office)


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "最初の授業がありました"), ("en", "The first lesson")]
)
def test_the_copy_goes_to_who_asked_alone_and_the_update_stays_a_draft(
    update: CampaignUpdate, office: Membership, language: str, words: str
) -> None:
    ask_for_copy(update=update, language=language, actor=office)
    work_off()

    assert [letter.to for letter in mail.outbox] == [[office.user.email]]
    assert words in mail.outbox[0].subject
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    update.refresh_from_db()
    assert update.published_at is None and not UpdateMail.objects.exists()


def test_the_log_says_what_each_mail_is_about_in_a_fixed_number_of_questions(
    update: CampaignUpdate, office: Membership, django_assert_num_queries: object
) -> None:
    for _number in range(3):
        ask_for_copy(update=update, language="ja", actor=office)
    work_off()

    with django_assert_num_queries(2):  # type: ignore[operator]
        lines = lines_of(Mail.objects.order_by("-id"))

    assert [line.page for line in lines] == ["office-update"] * 3 + ["office-gift"]
    assert {line.outcome for line in lines} == {"sent"}


def test_a_mail_about_a_monthly_gift_leads_to_the_monthly_gifts(program: Program) -> None:
    mail = a_mail("hanako@example.jp", kind="monthly_started", message=put("test_topic", about="pledge:1"))

    (line,) = lines_of([mail])

    assert (line.page, line.subject_id, str(line.concerns)) == ("office-monthly", None, "毎月の寄付")


def test_a_stranger_may_not_and_no_message_is_left(update: CampaignUpdate, stranger: Membership) -> None:
    before = Message.objects.count()

    with pytest.raises(NotAllowed):
        ask_for_copy(update=update, language="ja", actor=stranger)

    assert Message.objects.count() == before


def test_another_program_sees_404(update: CampaignUpdate, office: Membership, other_program: Program) -> None:
    with acting_in(other_program.pk):
        assert not CampaignUpdate.objects.filter(pk=update.pk).exists()
    client = Client()
    client.force_login(office.user)

    answer = client.post(f"/{other_program.slug}/office/updates/{update.pk}/copy/", {"language": "ja"})

    assert answer.status_code == 404
