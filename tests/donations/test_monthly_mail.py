"""donations.monthly_mail: a donor is told what is true when the mail is written."""

import pytest
from django.core import mail

from donations.models import Campaign, Organisation, Pledge
from donations.monthly_mail import tell_of_monthly
from kernel.clock import today
from outbox.models import Message
from outbox.put import put
from programs.models import Membership
from tests.donations.monthly import running, standing_campaign


@pytest.fixture
def pledge(organisation: Organisation, office: Membership) -> Pledge:
    found: Campaign = standing_campaign(organisation, office)
    pledge = running(found)
    mail.outbox.clear()
    return pledge


def declined(pledge: Pledge) -> Message:
    return put("monthly_declined", about=pledge.source, pledge_id=pledge.pk)


def test_a_declined_month_says_that_nothing_was_taken_and_when_it_is_tried_again(pledge: Pledge) -> None:
    Pledge.objects.filter(pk=pledge.pk).update(declined_invoice_id="in_x", retry_on=today())

    tell_of_monthly(declined(pledge))

    assert [letter.to for letter in mail.outbox] == [["hanako@example.jp"]]
    body = mail.outbox[0].body
    assert "お金は引き落とされていません" in body and f"/monthly/{pledge.pk}/" in body
    assert str(pledge.reference) not in body


def test_a_month_that_was_charged_meanwhile_is_not_spoken_of(pledge: Pledge) -> None:
    tell_of_monthly(declined(pledge))

    assert not mail.outbox
