"""Signing in: codes by mail, passwords with an app, what opens staff pages and what does not."""

import random
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from programs.models import Membership, Role, User
from tests.conftest import member

PASSWORD = "drei kleine Katzen im Schnee"
CODE = re.compile(r"^\d{4}-\d{4}$", re.MULTILINE)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture
def screen():
    """A browser with an address of its own: limits count by address, and their counts outlive a test."""
    return Client(REMOTE_ADDR=f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}")


@pytest.fixture
def boss(program):
    """Someone of the secretariat, with a password and no app."""
    made = member(program, Role.OFFICE, f"boss{random.randrange(10**9)}@shibuya.example")
    made.user.set_password(PASSWORD)
    made.user.save()
    return made


def give_app(user):
    """Set up an app for the user; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def app_code(secret):
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def ask_code(screen, email):
    return screen.post("/accounts/login/code/", {"email": email})


def sign_in_by_code(screen, user):
    mail.outbox.clear()
    assert ask_code(screen, user.email)["Location"].startswith("/accounts/login/code/confirm/")
    (sent,) = mail.outbox
    code = CODE.search(sent.body)[0]
    return screen.post("/accounts/login/code/confirm/", {"code": code})


def sign_in_by_password(screen, user, password=PASSWORD):
    return screen.post("/accounts/login/", {"login": user.email, "password": password})


def test_a_family_signs_in_with_a_code(program, screen):
    family = member(program, Role.GUARDIAN, f"f{random.randrange(10**9)}@home.example")
    assert sign_in_by_code(screen, family.user)["Location"] == "/start/"
    assert screen.get("/start/")["Location"] == "/shibuya/family/"
    assert not re.search("クーポン|支援", mail.outbox[0].subject)  # whoever sees the phone learns nothing


def test_codes_may_be_typed_in_full_width(boss, screen):
    secret = give_app(boss.user)
    ask_code(screen, boss.user.email)
    code = CODE.search(mail.outbox[0].body)[0].replace("-", "ー").translate(FULL_WIDTH)
    screen.post("/accounts/login/code/confirm/", {"code": code.replace("ー", "")})
    screen.post(reverse("mfa_authenticate"), {"code": app_code(secret).translate(FULL_WIDTH)})
    assert screen.get("/shibuya/office/").status_code == 200


def test_the_secret_of_an_app_lies_sealed(boss):
    secret = give_app(boss.user)
    stored = Authenticator.objects.get(user=boss.user).data["secret"]
    assert secret not in stored
    assert TOTP(Authenticator.objects.get(user=boss.user)).validate_code(app_code(secret))


def test_staff_who_came_by_code_alone_enter_nothing_and_cannot_set_up_an_app(boss, screen):
    sign_in_by_code(screen, boss.user)

    assert screen.get("/shibuya/office/")["Location"] == "/second-factor/"
    assert screen.post("/shibuya/office/people/", {"email": "x@y.example"})["Location"] == "/second-factor/"
    assert screen.get("/accounts/2fa/totp/activate/")["Location"] == "/second-factor/"
    assert screen.post("/accounts/2fa/totp/activate/", {"code": "123456"})["Location"] == "/second-factor/"
    page = screen.get("/second-factor/")
    assert page.status_code == 403
    assert reverse("mfa_activate_totp") not in page.content.decode()


def test_staff_with_a_password_alone_enter_nothing_but_may_set_up_an_app(boss, screen):
    assert sign_in_by_password(screen, boss.user)["Location"] == "/start/"

    assert screen.get("/shibuya/office/")["Location"] == "/second-factor/"
    page = screen.get("/second-factor/")
    assert page.status_code == 403
    assert reverse("mfa_activate_totp") in page.content.decode()


def test_setting_up_the_app_opens_staff_pages_at_once(boss, screen):
    sign_in_by_password(screen, boss.user)
    activate = reverse("mfa_activate_totp")
    assert screen.get(activate)["Location"].startswith(reverse("account_reauthenticate"))
    screen.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = screen.get(activate).context["form"].secret
    wrong = screen.post(activate, {"code": "000000"})
    assert wrong.status_code == 200
    assert screen.get("/shibuya/office/")["Location"] == "/second-factor/"

    done = screen.post(activate, {"code": app_code(secret)})

    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert screen.get(done["Location"]).status_code == 200
    assert screen.get("/shibuya/office/").status_code == 200


@pytest.mark.parametrize("way", [sign_in_by_code, sign_in_by_password])
def test_an_account_with_an_app_is_always_asked_for_its_code(boss, screen, way):
    secret = give_app(boss.user)

    assert way(screen, boss.user)["Location"] == reverse("mfa_authenticate")
    assert screen.get("/shibuya/office/")["Location"].startswith("/accounts/login/")
    assert screen.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert screen.get("/shibuya/office/")["Location"].startswith("/accounts/login/")
    screen.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert screen.get("/shibuya/office/").status_code == 200


def test_an_app_set_up_elsewhere_is_asked_for_in_an_older_session(boss, screen):
    sign_in_by_password(screen, boss.user)
    secret = give_app(boss.user)
    page = screen.get("/second-factor/").content.decode()
    assert reverse("mfa_reauthenticate") in page

    screen.post(reverse("mfa_reauthenticate"), {"code": app_code(secret)})

    assert screen.get("/shibuya/office/").status_code == 200


def test_a_session_without_the_app_takes_no_app_away_and_sees_no_recovery_codes(boss, screen):
    sign_in_by_password(screen, boss.user)
    give_app(boss.user)
    for name in (
        "deactivate_totp",
        "view_recovery_codes",
        "generate_recovery_codes",
        "download_recovery_codes",
    ):
        for ask in (screen.get, screen.post):
            assert ask(reverse(f"mfa_{name}"))["Location"] == "/second-factor/", name
    assert Authenticator.objects.filter(user=boss.user, type="totp").exists()


def test_the_notes_of_another_person_open_nothing(boss, screen, program):
    """A session in which one person used an app does not open staff pages for the next."""
    secret = give_app(boss.user)
    sign_in_by_password(screen, boss.user)
    screen.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    other = member(program, Role.OFFICE, f"o{random.randrange(10**9)}@shibuya.example")

    screen.post("/accounts/logout/")
    sign_in_by_code(screen, other.user)

    assert screen.get("/shibuya/office/")["Location"] == "/second-factor/"


def test_unknown_and_known_addresses_get_the_same_answer(program, screen):
    known = member(program, Role.GUARDIAN, f"k{random.randrange(10**9)}@home.example").user
    strange = f"s{random.randrange(10**9)}@home.example"
    answers, pages = [], []
    for email in (known.email, strange):
        screen.cookies.clear()
        answer = ask_code(screen, email)
        answers.append((answer.status_code, answer["Location"]))
        pages.append(
            re.sub(
                r'value="[^"]{60,}"', "", screen.get(answer["Location"]).content.decode().replace(email, "")
            )
        )

    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    assert [sent.to for sent in mail.outbox] == [[known.email], [strange]]
    assert not CODE.search(mail.outbox[1].body)
    assert not User.objects.filter(email=strange).exists()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(boss, screen):
    one = sign_in_by_password(screen, boss.user, "wrong " + PASSWORD)
    other = sign_in_by_password(screen, User(email="nobody@home.example"), "wrong " + PASSWORD)
    assert one.status_code == other.status_code == 200
    assert one.context["form"].errors == other.context["form"].errors


def test_nobody_signs_up(db, screen):
    posted = {"email": "new@home.example", "password1": PASSWORD, "password2": PASSWORD}
    assert screen.post("/accounts/signup/", posted).status_code == 200
    assert not User.objects.filter(email="new@home.example").exists()


def test_a_code_ends_after_five_wrong_tries(program, screen):
    family = member(program, Role.GUARDIAN, f"f{random.randrange(10**9)}@home.example")
    ask_code(screen, family.user.email)
    code = CODE.search(mail.outbox[0].body)[0]
    for _ in range(5):
        screen.post("/accounts/login/code/confirm/", {"code": "AAAAAA"})
    screen.post("/accounts/login/code/confirm/", {"code": code})
    assert screen.get("/start/")["Location"].startswith("/accounts/login/")


def test_many_tries_at_one_account_are_stopped(boss, screen):
    """T26: the right password, too, is refused then; the address of the browser may change."""
    for number in range(6):
        screen.defaults["REMOTE_ADDR"] = f"10.9.8.{number}"
        sign_in_by_password(screen, boss.user, "wrong " + PASSWORD)
    screen.defaults["REMOTE_ADDR"] = f"10.{random.randrange(256)}.7.7"
    assert sign_in_by_password(screen, boss.user).status_code == 200  # the form again, not a redirect
    assert screen.get("/start/").status_code == 302


def test_many_tries_from_one_address_get_a_page_that_says_to_wait(db, screen):
    answers = [sign_in_by_password(screen, User(email=f"n{n}@home.example")).status_code for n in range(31)]
    assert answers[-1] == 429
    assert "少しお待ちください" in sign_in_by_password(screen, User(email="n@home.example")).content.decode()


def test_staff_passwords_have_15_characters(boss, screen):
    sign_in_by_password(screen, boss.user)
    posted = {"oldpassword": PASSWORD, "password1": "Kurz4aber%", "password2": "Kurz4aber%"}
    assert screen.post("/accounts/password/change/", posted).status_code == 200
    boss.user.refresh_from_db()
    assert boss.user.check_password(PASSWORD)


def test_a_forgotten_password_is_chosen_anew_by_mail(boss, screen):
    screen.post("/accounts/password/reset/", {"email": boss.user.email})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]
    form = screen.get(link, follow=True)
    new = "ganz anders " + PASSWORD

    done = screen.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert done["Location"] == reverse("account_reset_password_from_key_done")
    boss.user.refresh_from_db()
    assert boss.user.check_password(new)


def test_a_reset_for_an_unknown_address_answers_alike(db, screen):
    answer = screen.post("/accounts/password/reset/", {"email": "nobody@home.example"})
    assert answer["Location"] == reverse("account_reset_password_done")


def test_redis_away_is_a_503_that_says_when_to_come_back(boss, screen, settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    screen.raise_request_exception = False
    for ask in (lambda: sign_in_by_password(screen, boss.user), lambda: ask_code(screen, boss.user.email)):
        answer = ask()
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert "503" in answer.content.decode()
    assert cache is not None


def test_mail_away_is_a_503_too(boss, screen, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    screen.raise_request_exception = False
    assert ask_code(screen, boss.user.email).status_code == 503


def test_left_out_pages_of_allauth_are_missing(boss, screen):
    for path in ("email/", "confirm-email/", "phone/verify/", "2fa/webauthn/", "2fa/trust/"):
        assert screen.get(f"/accounts/{path}").status_code == 404


def test_a_deactivated_role_ends_at_the_next_page(boss, screen):
    secret = give_app(boss.user)
    sign_in_by_password(screen, boss.user)
    screen.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert screen.get("/shibuya/office/").status_code == 200
    Membership.objects.filter(pk=boss.pk).update(is_active=False)
    assert screen.get("/shibuya/office/").status_code == 404


def test_behind_the_proxy_limits_count_the_visitor():
    assert (1 if settings.IS_HTTPS else 0) == settings.ALLAUTH_TRUSTED_PROXY_COUNT
