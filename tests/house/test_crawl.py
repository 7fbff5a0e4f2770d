"""Every URL and method, as every role and as nobody, with four kinds of ids: who gets in, and what leaks.

The expected answer follows from tests/house/doors.py alone. Foreign and missing things both answer
404. Each request is undone, so the order does not matter. The count stands in the test's output.
"""

import itertools
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from config import demo_urls
from programs.models import Membership, Role
from programs.scoping import acting_in
from tests.house.doors import ACCOUNT_PAGES_SIGNED_IN, DOORS, Door
from tests.house.test_house import patterns
from tests.house.world import House, build, named

ACTORS = ["nobody", "elsewhere", *Role]  # elsewhere: of the secretariat, but of the other program
METHODS = ("GET", "POST", "PUT", "DELETE")
OURS, THEIRS = "OURCANARY", "THEIRCANARY"
SLUG = "shibuya"


@pytest.fixture
def houses(db: None) -> tuple[House, House]:
    return build(SLUG, "渋谷", "131130", OURS), build("fukuoka", "福岡", "401307", THEIRS)


def crawled() -> list[tuple[str, URLPattern]]:
    return [(route, p) for route, p in patterns() if p.name in DOORS and not DOORS[p.name].skip]


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    only_demo = {pattern.name for pattern in demo_urls.urlpatterns}
    names = {pattern.name for route, pattern in patterns() if not route.startswith("accounts/")}
    assert names - {None} - only_demo == set(DOORS)


def clients(ours: House, theirs: House) -> dict[str, Client]:
    made = {"nobody": Client(raise_request_exception=False)}
    people: dict[str, Membership] = {**ours.people, "elsewhere": theirs.people[Role.OFFICE]}
    for name, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person.user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
        session.save()
        made[name] = client
    made[Role.COUNTER].cookies[f"device_{ours.program.pk}"] = ours.token
    return made


def variants(door: Door, ours: House, theirs: House) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kinds of ids and the arguments of the address for each."""
    if not door.objects:
        yield "own", {}
        return
    known = {argument: named(ours, theirs, kind) for argument, kind in door.objects.items()}
    for kind in ("own", "another", "foreign", "missing"):
        if all(kind in choices for choices in known.values()):
            yield kind, {argument: choices[kind] for argument, choices in known.items()}


def expected(door: Door, actor: str, kind: str) -> str:
    """ "in", "login" or "missing"."""
    if door.who in ("open", "capability", "device"):
        return "missing" if kind in ("foreign", "missing") else "in"
    if actor == "nobody":
        return "login"
    if door.who == "signed_in":
        return "in"
    if actor not in door.who or kind in ("foreign", "missing"):
        return "missing"
    return "missing" if kind == "another" and actor in door.private else "in"


def got(response: HttpResponse) -> str:
    if response.status_code >= 500:
        return f"{response.status_code}"
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "login"
    return "missing" if response.status_code in (404, 410) else "in"


def leaks(door: Door, actor: str, kind: str, body: str) -> list[str]:
    """Canaries that this actor must not see."""
    found = [THEIRS] if THEIRS in body else []
    if actor == Role.GUARDIAN or actor in door.private:
        found += [word for word in (f"{OURS}-CHILD-another", f"{OURS}-NICK-another") if word in body]
    if actor in (Role.COUNTER, Role.PROVIDER_ADMIN, Role.CITY, Role.DONOR, "nobody", "elsewhere"):
        found += [word for word in (f"{OURS}-CHILD", f"{OURS}-PARENT") if word in body]
    if f"{OURS}-PAYER" in body:  # who a receipt is for stands on its paper alone
        found.append("a donor's legal name")
    if actor not in (Role.OFFICE, Role.PROVIDER_ADMIN) and f"{OURS}-TILL-another" in body:
        found.append("a till")
    return found


def ask(client: Client, method: str, path: str) -> HttpResponse:
    """One request, undone at once, also in the browser."""
    before = client.cookies.output()
    with transaction.atomic():
        response = getattr(client, method.lower())(path)
        transaction.set_rollback(True)
    if client.cookies.output() != before:
        client.cookies = SimpleCookie(before.replace("Set-Cookie: ", ""))
    return response  # type: ignore[return-value]


def test_crawl_everyone_everywhere(houses: tuple[House, House], capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = houses
    asked, wrong = 0, []
    for actor, client in clients(ours, theirs).items():
        for (route, pattern), method in itertools.product(crawled(), METHODS):
            door = DOORS[str(pattern.name)]
            slug = {"program": SLUG} if "<slug:program>" in route else {}
            for kind, arguments in variants(door, ours, theirs):
                path = reverse(str(pattern.name), kwargs={**slug, **arguments})
                response = ask(client, method, path)
                asked += 1
                body = b"".join(response).decode(errors="replace")
                answer, wanted = got(response), expected(door, actor, kind)
                neutral = response.status_code == 405 and not answer.startswith("5")
                if answer != wanted and not neutral:
                    wrong.append(f"{actor} {method} {path} ({kind}): {response.status_code}, wanted {wanted}")
                wrong += [
                    f"{actor} {method} {path} ({kind}) shows {w}" for w in leaks(door, actor, kind, body)
                ]
    with capsys.disabled():
        print(f"\nauthorisation crawl: {asked} requests, {len(wrong)} wrong or leaking")
    assert not wrong, "\n".join(wrong[:60])


def test_the_pages_of_accounts_answer_everyone(houses: tuple[House, House]) -> None:
    """allauth's own pages: none breaks, none shows a program's things, and nobody is sent to sign in."""
    ours, theirs = houses
    keys = {"uidb36": "1", "key": "set-password"}
    asked, wrong = 0, []
    pages = [pattern for route, pattern in patterns() if route.startswith("accounts/")]
    for (actor, client), page, method in itertools.product(
        clients(ours, theirs).items(), pages, ("GET", "POST")
    ):
        path = reverse(str(page.name), kwargs=keys if page.name.endswith("from_key") else {})
        response = ask(client, method, path)
        asked += 1
        must_sign_in = actor == "nobody" and page.name in ACCOUNT_PAGES_SIGNED_IN
        if response.status_code >= 500 or (must_sign_in and got(response) != "login"):
            wrong.append(f"{actor} {method} {path}: {response.status_code}")
        body = b"".join(response).decode(errors="replace")
        wrong += [f"{actor} {method} {path} shows {word}" for word in (OURS, THEIRS) if word in body]
    assert asked > 300
    assert {page.name for page in pages if page.callback.door == "signed_in"} == ACCOUNT_PAGES_SIGNED_IN
    assert not wrong, "\n".join(wrong)


def test_a_missing_program_is_404_for_everyone(houses: tuple[House, House]) -> None:
    for client in clients(*houses).values():
        assert client.get("/atlantis/").status_code == 404
        assert client.get("/atlantis/office/").status_code == 404


def test_a_suspended_membership_opens_nothing(houses: tuple[House, House]) -> None:
    ours, theirs = houses
    client = clients(ours, theirs)[Role.OFFICE]
    assert client.get(f"/{SLUG}/office/families/").status_code == 200
    with acting_in(ours.program.pk):
        Membership.objects.filter(role=Role.OFFICE).update(is_active=False)
    assert client.get(f"/{SLUG}/office/families/").status_code == 404


def test_a_code_by_mail_alone_does_not_open_staff_pages(houses: tuple[House, House]) -> None:
    ours, _ = houses
    client = Client()
    client.force_login(ours.people[Role.OFFICE].user)
    response = client.get(f"/{SLUG}/office/families/")
    assert response.status_code == 302
    assert response["Location"] == "/second-factor/"
