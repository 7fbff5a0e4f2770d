"""allauth's pages in our words: the code first, the password for staff."""

import pytest
from django.core import mail
from django.test import Client
from django.utils.html import escape

from programs.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.look.urls")]
PASSWORD = "four words nobody joins 7"


@pytest.fixture
def person() -> User:
    """Someone with a password."""
    return User.objects.create_user("person@example.org", password=PASSWORD)


def test_sign_in_offers_the_code_before_the_password(client: Client):
    page = client.get("/accounts/login/").content.decode()
    assert page.index('name="email"') < page.index('name="password"')
    assert "<style" not in page and "style=" not in page


def test_a_wrong_password_keeps_the_address_and_says_so(client: Client, person: User):
    answer = client.post("/accounts/login/", {"login": person.email, "password": "wrong"})
    page = answer.content.decode()
    assert 'value="person@example.org"' in page and "error-summary" in page and "<details open>" in page


def test_the_mailed_code_signs_in(client: Client, person: User):
    answer = client.post("/accounts/login/code/", {"email": person.email}, follow=True)
    page = answer.content.decode()
    assert escape(person.email) in page and 'name="code"' in page
    message = mail.outbox[-1]
    assert "クーポン" not in message.subject
    assert "notice-success" not in page  # it would say that the address is known
    code = next(
        line for line in message.body.splitlines() if 4 <= len(line.strip()) <= 12 and line.strip().isascii()
    )
    signed_in = client.post("/accounts/login/code/confirm/", {"code": code.strip()})
    assert signed_in.status_code == 302 and "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
    ],
)
def test_pages_of_a_signed_in_person_are_drawn_in_our_frame(client: Client, person: User, path: str):
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    page = client.get(path, follow=True).content.decode()
    assert 'class="card entrance stack"' in page and "<script>" not in page


def test_a_password_reset_mail_leads_to_our_page(client: Client, person: User):
    client.post("/accounts/password/reset/", {"email": person.email})
    link = next(word for word in mail.outbox[-1].body.split() if word.startswith("http"))
    page = client.get(link.split("testserver")[-1], follow=True).content.decode()
    assert 'name="password1"' in page and 'class="card entrance stack"' in page
