"""How words, money and days are written on a page. `{% load look %}`."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import budoux
from django import template
from django.forms import BoundField, CheckboxInput, Select, Textarea
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from kernel.clock import JAPAN
from kernel.furigana import bare_words, with_furigana
from kernel.yen import written_yen

register = template.Library()

WEEKDAYS_JA = "月火水木金土日"


def in_japanese() -> bool:
    """Whether the reader's language is Japanese."""
    return (get_language() or "ja").startswith("ja")


@register.filter
def yen(amount_yen: int | str | None) -> str:
    """12000 -> '12,000円', or '¥12,000' in English: plain text, for sentences, mails and labels."""
    if amount_yen is None or amount_yen == "":
        return ""
    figures = written_yen(abs(int(amount_yen)))
    sign = "−" if int(amount_yen) < 0 else ""
    return f"{sign}{figures}円" if in_japanese() else f"{sign}¥{figures}"


@register.filter
def money(amount_yen: int | str | None) -> SafeString:
    """The same for the eye: figure and unit in one span that no line break parts."""
    if amount_yen is None or amount_yen == "":
        return SafeString("")
    figures = written_yen(abs(int(amount_yen)))
    sign = "−" if int(amount_yen) < 0 else ""
    if in_japanese():
        return format_html('<span class="money">{}{}<span class="money-unit">円</span></span>', sign, figures)
    return format_html('<span class="money">{}<span class="money-unit">¥</span>{}</span>', sign, figures)


@register.filter
def number(count: int | None) -> str:
    """14053 -> '14,053'; None -> '' (a hidden cell says so in words, never 0)."""
    return "" if count is None else f"{int(count):,}"


def japanese_day(value: date | datetime) -> date:
    """The day in Japan: a moment is brought to Japan first, a day is left as it is."""
    return value.astimezone(JAPAN).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """2027年3月31日(水), or 'Wednesday 31 March 2027'."""
    if value is None:
        return ""
    on = japanese_day(value)
    if in_japanese():
        return f"{on.year}年{on.month}月{on.day}日({WEEKDAYS_JA[on.weekday()]})"
    return date_format(on, "l j F Y")


@register.filter
def day_short(value: date | datetime | None) -> str:
    """3月31日(水), or '31 Mar': for lists whose year is said above them."""
    if value is None:
        return ""
    on = japanese_day(value)
    return f"{on.month}月{on.day}日({WEEKDAYS_JA[on.weekday()]})" if in_japanese() else date_format(on, "j M")


@register.filter
def moment(value: datetime | None) -> str:
    """2027年3月31日(水) 14:05, Japan time."""
    return "" if value is None else f"{day(value)} {value.astimezone(JAPAN):%H:%M}"


@lru_cache(maxsize=1)
def phrase_parser() -> budoux.Parser:
    """BudouX's small model, loaded once."""
    return budoux.load_default_japanese_parser()


@lru_cache(maxsize=2048)
def phrases_of(text: str) -> tuple[str, ...]:
    """'子どもの学びを支える' -> ('子どもの', '学びを', '支える')."""
    return tuple(phrase_parser().parse(text))


@register.filter
def phrases(text: Any) -> SafeString:
    """A heading that breaks only between phrases. Escapes; other languages pass unchanged."""
    if not in_japanese():
        return conditional_escape(text)
    parts = [conditional_escape(part) for part in phrases_of(str(text))]
    return format_html('<span class="phrases">{}</span>', mark_safe("<wbr>".join(parts)))  # noqa: S308 - escaped


@register.filter
def ruby(text: Any) -> SafeString:
    """`{残高|ざんだか}は` with its readings shown. Everything else in the text is escaped."""
    return with_furigana(str(text))


@register.filter
def unruby(text: Any) -> str:
    """The same text without readings: for labels that machines read, mail subjects and files."""
    return bare_words(str(text))


@register.simple_tag(takes_context=True)
def furigana(context: template.Context, text: Any) -> SafeString | str:
    """`{% furigana words %}`: readings unless the reader switched them off."""
    return with_furigana(str(text)) if wants_furigana(context) else bare_words(str(text))


@register.simple_tag(takes_context=True)
def wants_furigana(context: template.Context) -> bool:
    """On by default; the switch keeps the choice in the cookie `furigana`."""
    request = context.get("request")
    return request is None or request.COOKIES.get("furigana") != "off"


def class_of(field: BoundField) -> str:
    """The style class of a field's control. Radios and boxes are drawn by their group."""
    widget = field.field.widget
    if isinstance(widget, Textarea):
        return "textarea"
    if isinstance(widget, CheckboxInput):
        return ""
    return "select" if isinstance(widget, Select) else "input"


@register.simple_tag
def control(field: BoundField, size: str = "", hint: str = "") -> SafeString:
    """Draw a form field's widget with our classes, tied to its hint and its error."""
    extra: dict[str, str | bool] = {
        "class": " ".join(filter(None, [class_of(field), size and f"input-{size}"]))
    }
    if field.field.widget.attrs.get("placeholder") == field.label:
        extra["placeholder"] = ""  # the label stands above: saying it twice helps nobody
    described = [f"{field.auto_id}_helptext"] if field.help_text or hint else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    if described:
        extra["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=extra)


@register.filter
def named(thing: Any) -> str:
    """A thing's name in the reader's language: `name_en` where it has one and the page is not Japanese."""
    return str(thing.name if in_japanese() else getattr(thing, "name_en", "") or thing.name)


@register.filter
def same(one: Any, other: Any) -> bool:
    """Whether two values read the same: a posted '3000' and the preset 3000 are one choice."""
    return str(one) == str(other)


@register.filter
def of_total(part: int, whole: int) -> int:
    """Whole per cent, rounded down, never above what is true: 99.9 % is 99. 0 when there is no whole."""
    return part * 100 // whole if whole else 0


@register.filter
def tenths(per_mille: int) -> str:
    """A rate of per mille in per cent: 75 -> '7.5', 100 -> '10'."""
    return f"{per_mille / 10:g}"


@register.filter
def share_of(part: int, whole: int) -> str:
    """Per cent with one decimal, rounded down: 99 of 1000 is '9.9'; '0' when there is no whole."""
    return tenths(part * 1000 // whole if whole else 0)


@register.simple_tag
def optional_word() -> str:
    """Marks a field that may stay empty."""
    return gettext("(optional)")
