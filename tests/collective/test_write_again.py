"""collective.write_again, and the secretariat's pages about mails."""

import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Record
from collective.errors import ReasonMissing
from collective.write_again import write_again
from kernel.errors import NotAllowed
from outbox.mail_kinds import MAIL_KINDS
from outbox.mail_queries import doubtful_addresses, stopped_addresses
from outbox.models import MailAgain, MailReturn
from outbox.note_return import note_return
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.outbox.returned import a_mail, a_return

PAGE = "/shibuya/office/mails/"


@pytest.fixture
def browser(office: Membership) -> Client:
    client = Client()
    client.force_login(office.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
    session.save()
    return client


def test_mails_go_there_again_until_one_of_the_new_ones_comes_back(office: Membership) -> None:
    returned = a_return("hanako@example.jp")

    write_again(returned=returned, reason="called", actor=office)

    new = a_mail("hanako@example.jp")
    assert not new.is_held
    note_return(mail=returned.mail, kind="hard", event_id="late, of the old mail")
    assert not a_mail("hanako@example.jp").is_held
    note_return(mail=new, kind="hard", event_id="new")
    assert a_mail("hanako@example.jp").is_held


def test_twice_is_once_and_the_trail_says_who(office: Membership) -> None:
    returned = a_return("hanako@example.jp")

    first = write_again(returned=returned, reason="called", actor=office)
    second = write_again(returned=returned, reason="again", actor=office)

    assert first.pk == second.pk
    act = Record.objects.get(verb="mail_address.again")
    assert (act.actor_id, act.subject) == (office.pk, f"mail_return:{returned.pk}")


def test_it_needs_a_reason_and_the_secretariat(
    office: Membership, stranger: Membership, city: Membership
) -> None:
    returned = a_return("hanako@example.jp")

    with pytest.raises(ReasonMissing):
        write_again(returned=returned, reason="  ", actor=office)
    for other in (stranger, city):
        with pytest.raises(NotAllowed):
            write_again(returned=returned, reason="called", actor=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        MailAgain.objects.create(address_key=returned.address_key, last_return=returned, reason="", by=office)

    assert not MailAgain.objects.exists()
    assert not Record.objects.filter(verb="mail_address.again").exists()


def test_the_list_has_each_address_once_masked_and_the_button_takes_it_off(browser: Client) -> None:
    a_return("hanako@example.jp", event_id="1")
    note_return(mail=MailReturn.objects.get().mail, kind="complaint", event_id="2")
    a_return("soft@example.jp", kind="soft", event_id="3")

    page = browser.get(f"{PAGE}back/").content.decode()
    assert page.count("h•••@example.jp") == page.count("s•••@example.jp") == 1
    assert "hanako" not in page
    assert stopped_addresses().count() == 1
    assert [row.how_often for row in doubtful_addresses()] == [1]
    note_return(mail=doubtful_addresses()[0].mail, kind="soft", event_id="4")
    assert [row.how_often for row in doubtful_addresses()] == [2]
    assert "/office/mails/back/" in browser.get("/shibuya/office/").content.decode()
    place = re.search(r"/shibuya/office/mails/back/\d+/", page)
    assert place

    assert browser.post(place[0], {"reason": ""}).status_code == 422
    assert browser.post(place[0], {"reason": "called"}, follow=True).status_code == 200

    assert not stopped_addresses().exists()
    assert "h•••" not in browser.get(f"{PAGE}back/").content.decode().split('id="stopped"')[1]


def test_what_went_out_is_found_by_the_whole_address(browser: Client) -> None:
    a_mail("hanako@example.jp")
    a_mail("taro@example.jp")

    everything = browser.get(f"{PAGE}sent/").content.decode()
    found = browser.post(f"{PAGE}sent/", {"address": " Hanako@example.jp"}).content.decode()
    nothing = browser.post(f"{PAGE}sent/", {"address": "h@example.jp"}).content.decode()

    assert "h•••@" in everything
    assert "t•••@" in everything
    assert "h•••@" in found
    assert "t•••@" not in found
    assert "•••@" not in nothing


def test_another_program_sees_404_and_none_of_it(browser: Client, other_program: Program) -> None:
    with acting_in(other_program.pk):
        returned = a_return("zoe@example.jp")

    assert browser.get(f"{PAGE}back/{returned.pk}/").status_code == 404
    assert browser.post(f"{PAGE}back/{returned.pk}/", {"reason": "x"}).status_code == 404
    assert "z•••@" not in browser.get(f"{PAGE}sent/").content.decode()
    found = browser.post(f"{PAGE}sent/", {"address": "zoe@example.jp"}).content.decode()
    assert "z•••@" not in found


def test_every_kind_is_listed_and_shown_in_both_languages_and_nothing_is_sent(browser: Client) -> None:
    listed = browser.get(PAGE).content.decode()

    for name in MAIL_KINDS:
        assert f"?kind={name}" in listed
        page = browser.get(f"{PAGE}sample/?kind={name}").content.decode()
        assert page.count('class="mail-text"') == 2
    assert browser.get(f"{PAGE}sample/?kind=nothing").status_code == 404
    assert mail.outbox == []
