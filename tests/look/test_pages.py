"""The base page, the error pages and every component, drawn on the server without a database."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from config.components_page import components_page

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "cotton").glob("*.html"))
ERRORS = ["400", "403", "404", "500", "503", "csrf"]
HTMX_CONFIG = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "historyCacheSize": 0,
    "selfRequestsOnly": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}

pytestmark = pytest.mark.urls("tests.look.urls")


class Inline(HTMLParser):
    """Collects what a strict content policy would refuse, and ids used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.ids += [names["id"] or ""] if "id" in names else []
        if tag == "style" or (tag == "script" and "src" not in names):
            self.refused.append(tag)
        self.refused += [
            f"{tag} {name}" for name in names if name == "style" or name.startswith(("on", "hx-on"))
        ]


def asked(path: str = "/components/", program: object = None) -> HttpRequest:
    """A request as the middleware leaves it, from nobody in particular."""
    request = RequestFactory().get(path)
    request.user, request.program = AnonymousUser(), program  # type: ignore[attr-defined]
    return request


class Away:
    """The signed-in person while the database is away. Templates swallow the error, so attempts are counted."""

    def __init__(self) -> None:
        self.attempts = 0

    def __call__(self) -> None:
        self.attempts += 1
        raise OperationalError("the database is away")


def page_in(language: str) -> str:
    with override(language):
        return components_page(asked()).content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_components_page_draws_every_component(language):
    shown = "".join(path.read_text() for path in (TEMPLATES / "components").glob("*.html"))
    shown += (TEMPLATES / "base.html").read_text()
    inside = "".join(path.read_text() for path in (TEMPLATES / "cotton").glob("*.html"))

    never = [name for name in COMPONENTS if f"<c-{name.replace('_', '-')}" not in shown + inside]
    page = page_in(language)

    assert not never
    assert "<c-" not in page and "{%" not in page and "{{" not in page
    for mark in ("result-done", "result-checking", "result-refused", "chip-option", "keypad", "timeline"):
        assert mark in page


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_says_on_its_first_line_what_it_needs(name):
    first = (TEMPLATES / "cotton" / f"{name}.html").read_text().splitlines()[0]
    assert re.fullmatch(r"\{# Needs: .+ #\}", first)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_inline_and_no_id_twice(language):
    found = Inline()
    found.feed(page_in(language))
    assert found.refused == []
    assert sorted(found.ids) == sorted(set(found.ids))


def test_htmx_may_neither_evaluate_nor_keep_pages():
    page = page_in("ja")
    content = re.search(r"name=\"htmx-config\" content='([^']+)'", page)
    assert content and json.loads(content[1]) == HTMX_CONFIG


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_error_pages_need_no_database_and_say_what_to_do(name, language):
    """On 500 and 503 nobody can be looked up: the session lives where nothing answers."""
    request, away = asked("/somewhere/"), Away()
    if name in ("500", "503"):
        request.user = SimpleLazyObject(away)  # type: ignore[assignment]
    with override(language):
        page = render(request, f"errors/{name}.html").content.decode()
    found = Inline()
    found.feed(page)
    assert found.refused == [] and away.attempts == 0
    assert "<h1>" in page and "btn" in page
    if language == "ja":
        assert "お金は動いていません" in page or "どちらかです" in page


@pytest.mark.parametrize("name", ["500", "503"])
def test_error_pages_stand_without_any_request(name):
    assert "<h1>" in render_to_string(f"errors/{name}.html")


def test_the_program_names_the_page_and_gives_the_help_line():
    program = SimpleNamespace(
        name="スタディクーポン渋谷",
        name_en="Study Coupon Shibuya",
        help_phone="03-1234-5678",
        help_hours="",
        is_demonstration=False,
    )
    with override("ja"):
        japanese = components_page(asked(program=program)).content.decode()
    with override("en"):
        english = components_page(asked(program=program)).content.decode()
    assert "</small> スタディクーポン渋谷</span>" in japanese and 'href="tel:03-1234-5678"' in japanese
    assert "</small> Study Coupon Shibuya</span>" in english


@pytest.mark.parametrize(
    ("asked_for", "came_to"),
    [("/components/", "/components/"), ("https://evil.example/", "/"), ("//evil.example/", "/")],
)
def test_the_furigana_switch_keeps_the_choice_and_never_leaves_the_site(asked_for, came_to):
    answer = Client().post("/reading/furigana/", {"furigana": "off", "next": asked_for})
    assert answer.status_code == 302 and answer["Location"] == came_to
    assert answer.cookies["furigana"].value == "off"
