"""How money, days, phrases and readings are written."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from kernel.templatetags import look

LAST_DAY = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("amount_yen", "language", "written"),
    [
        (12000, "ja", "12,000円"),
        (12000, "en", "¥12,000"),
        (0, "ja", "0円"),
        (-500, "ja", "−500円"),
        (None, "ja", ""),
        ("", "en", ""),
    ],
)
def test_yen_is_written_with_its_unit(amount_yen, language, written):
    with override(language):
        assert look.yen(amount_yen) == written


def test_money_keeps_amount_and_unit_in_one_span():
    with override("ja"):
        assert look.money(12000) == '<span class="money">12,000<span class="money-unit">円</span></span>'


@pytest.mark.parametrize(
    ("filtered", "language", "written"),
    [
        (look.day, "ja", "2027年3月31日(水)"),
        (look.day, "en", "Wednesday 31 March 2027"),
        (look.day_short, "ja", "3月31日(水)"),
        (look.day_short, "en", "31 Mar"),
    ],
)
def test_days_are_written_in_the_readers_way(filtered, language, written):
    with override(language):
        assert filtered(LAST_DAY) == written


def test_a_moment_is_shown_in_japan_time_whatever_its_zone():
    late_in_london = datetime(2027, 3, 30, 16, 30, tzinfo=UTC)
    with override("ja"):
        assert look.moment(late_in_london) == "2027年3月31日(水) 01:30"
        assert look.day(late_in_london) == "2027年3月31日(水)"


def test_phrases_break_between_phrases_only_and_escape():
    with override("ja"):
        words = look.phrases("今日は<b>とても</b>良い天気です")
    assert words.startswith('<span class="phrases">今日は<wbr>')
    assert "<b>" not in words and "&lt;" in words


def test_phrases_leave_other_languages_alone_but_escaped():
    with override("en"):
        assert look.phrases("One < two") == "One &lt; two"


def test_ruby_shows_the_reading_and_escapes_everything_else():
    drawn = look.ruby('{残高|ざんだか}は<script>alert("x")</script>{<b>|<i>}')
    assert drawn.startswith("<ruby>残高<rp>(</rp><rt>ざんだか</rt><rp>)</rp></ruby>は&lt;script&gt;")
    assert "<script" not in drawn and "<b>" not in drawn and "<i>" not in drawn


def test_unruby_leaves_the_bare_words():
    assert look.unruby("{残高|ざんだか}は{使|つか}えます") == "残高は使えます"


@pytest.mark.parametrize(("cookie", "shown"), [(None, True), ("on", True), ("off", False)])
def test_furigana_follows_the_readers_switch(cookie, shown):
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["furigana"] = cookie
    page = Template("{% load look %}{% furigana words %}").render(
        Context({"request": request, "words": "{残高|ざんだか}"})
    )
    assert ("<rt>" in page) is shown


def test_percent_is_never_rounded_up():
    assert look.of_total(999, 1000) == 99
    assert look.of_total(5, 0) == 0
