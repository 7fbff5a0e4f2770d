"""The donor's own gift page says what became of the mail: to come, sent, or not delivered."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from donations.models import Donation
from outbox.models import Mail
from outbox.note_return import note_return
from outbox.put import put
from programs.directory import forget_programs
from programs.models import Program
from tests.donations.conftest import work_off

COMING, SENT, BACK = "まもなくメールでお送りします", "にお送りしました（", "メールをお届けできませんでした"


@pytest.fixture
def page(gift: Donation, client: Client) -> Callable[[], str]:
    """The page as the donor sees it now."""

    def opened() -> str:
        return client.get(f"/shibuya/gifts/{gift.reference}/").content.decode()

    return opened


def said(page: str) -> list[str]:
    return [words for words in (COMING, SENT, BACK) if words in page]


def test_it_says_on_its_way_then_sent_then_not_delivered(page: Callable[[], str]) -> None:
    assert said(page()) == [COMING]

    work_off()
    assert said(page()) == [SENT]
    assert "h•••@example.jp" in page()

    note_return(mail=Mail.objects.get(), kind="hard", event_id="1")
    assert said(page()) == [BACK]
    assert "hanako" not in page()


@pytest.mark.parametrize("kind", ["soft", "complaint"])
def test_what_came_back_for_now_or_was_unwanted_is_not_called_undelivered(
    page: Callable[[], str], kind: str
) -> None:
    work_off()
    note_return(mail=Mail.objects.get(), kind=kind, event_id="1")

    assert said(page()) == [SENT]


def test_a_mail_that_was_held_back_is_not_called_sent(page: Callable[[], str], gift: Donation) -> None:
    work_off()
    note_return(mail=Mail.objects.get(), kind="hard", event_id="1")
    put("gift_paid", about=gift.source, donation_id=gift.pk)
    mail.outbox.clear()

    work_off()

    assert Mail.objects.latest("id").is_held and mail.outbox == []
    assert said(page()) == [BACK]


def test_the_phone_is_named_where_there_is_one(page: Callable[[], str], program: Program) -> None:
    work_off()
    note_return(mail=Mail.objects.get(), kind="hard", event_id="1")
    assert "お電話ください" not in page()

    assert Program.objects.filter(pk=program.pk).update(help_phone="03-1234-5678", help_hours="平日")
    forget_programs()

    assert "03-1234-5678" in page()


def test_another_gifts_mail_says_nothing_here(page: Callable[[], str]) -> None:
    Mail.objects.create(
        message=put("test_topic", about="donation:1"),
        kind="gift_paid",
        about="donation:1",
        address_key=b"k" * 32,
        masked="h•••@example.jp",
        header_id="<1>",
    )

    assert said(page()) == [COMING]
