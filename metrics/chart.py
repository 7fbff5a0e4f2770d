"""Charts drawn on the server as SVG: no script, no inline style, readable in black and white.

Each drawing says in `title` and `desc` what it shows; the page puts its table beside it. A hidden
cell is a dashed box with the word, never a bar of height zero.
"""

from dataclasses import dataclass
from unicodedata import east_asian_width

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

WIDTH = 640
BARS, BAR_HEIGHT, ROW = 340, 26, 62  # bars are as wide as a telephone: nothing of them has to be scrolled to
WIDE, NARROW = 13, 8  # a Japanese letter and a Latin one, in the drawing's units
PLOT_TOP, PLOT_BOTTOM = 34, 190


@dataclass(frozen=True)
class Point:
    """One value with its name and how it is written; value None is hidden."""

    label: str
    value: int | None
    written: str


def bars(name: str, title: str, points: list[Point]) -> SafeString:
    """Bars one below the other: the name above, the value at the end. So narrow that a telephone shows all of it."""
    highest = max((point.value or 0 for point in points), default=0)
    longest = BARS - max((_wide(point.written) for point in points), default=0) - 8
    drawn = []
    for place, point in enumerate(points):
        top = place * ROW + 6
        drawn.append(_name(point.label, top + 14))
        if point.value is None:
            drawn.append(_bar(0, top + 22, 84, BAR_HEIGHT, hidden=True))
            drawn.append(_text(42, top + 40, gettext("hidden"), "axis-text", "middle"))
            continue
        length = 0 if not highest else point.value * longest // highest
        drawn.append(_bar(0, top + 22, length, BAR_HEIGHT, hidden=False))
        drawn.append(_text(length + 8, top + 40, point.written, "value-text", "start"))
    height = len(points) * ROW + 6
    return _frame(name, title, points, (BARS, height), drawn)


def _wide(words: str) -> int:
    """About how wide the words are drawn."""
    return sum(WIDE if east_asian_width(letter) in "WF" else NARROW for letter in words)


def _name(label: str, y: int) -> SafeString:
    """The name of a bar; one longer than the drawing is pressed together, never cut off."""
    pressed = SafeString(f' textLength="{BARS}" lengthAdjust="spacingAndGlyphs"')
    return format_html(
        '<text class="axis-text" x="0" y="{}"{}>{}</text>', y, pressed if _wide(label) > BARS else "", label
    )


def columns(name: str, title: str, points: list[Point]) -> SafeString:
    """One column a month, with a line over them; the line is broken where a month is hidden."""
    highest = max((point.value or 0 for point in points), default=0)
    step = (WIDTH - 20) // max(len(points), 12)
    width = step - 16
    drawn, line = [], []
    for place, point in enumerate(points):
        left = 14 + place * step
        middle = left + width // 2
        drawn.append(_text(middle, PLOT_BOTTOM + 20, point.label, "axis-text", "middle"))
        if point.value is None:
            drawn.append(_bar(left, PLOT_BOTTOM - 60, width, 60, hidden=True))
            drawn.append(_text(middle, PLOT_BOTTOM - 24, gettext("hidden"), "axis-text", "middle"))
            line.append("")
            continue
        height = 0 if not highest else point.value * (PLOT_BOTTOM - PLOT_TOP) // highest
        drawn.append(_bar(left, PLOT_BOTTOM - height, width, height, hidden=False))
        drawn.append(_text(middle, PLOT_BOTTOM - height - 10, point.written, "value-text", "middle"))
        line.append(f"{middle} {PLOT_BOTTOM - height}")
    drawn.append(format_html('<path class="axis" d="M8 {}.5h{}"/>', PLOT_BOTTOM, WIDTH - 16))
    drawn.append(_line(line))
    return _frame(name, title, points, (WIDTH, PLOT_BOTTOM + 34), drawn)


def _line(places: list[str]) -> SafeString:
    """A path through the places; an empty one lifts the pen."""
    path, is_down = [], False
    for place in places:
        if place:
            path.append(f"{'L' if is_down else 'M'}{place}")
        is_down = bool(place)
    return format_html('<path class="line-2" d="{}"/>', " ".join(path)) if path else SafeString("")


def _bar(left: int, top: int, width: int, height: int, *, hidden: bool) -> SafeString:
    if hidden:
        return format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="none" stroke="#767676" '
            'stroke-dasharray="4 4"/>',
            left,
            top,
            width,
            height,
        )
    return format_html(
        '<rect class="series-1" x="{}" y="{}" width="{}" height="{}" rx="3"/>', left, top, width, height
    )


def _text(x: int, y: int, words: str, style: str, anchor: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', style, x, y, anchor, words
    )


def _frame(
    name: str, title: str, points: list[Point], size: tuple[int, int], drawn: list[SafeString]
) -> SafeString:
    said = ", ".join(
        f"{point.label} {gettext('hidden') if point.value is None else point.written}" for point in points
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" class="{}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *size,
        "bars" if size[0] == BARS else "columns",
        name,
        name,
        name,
        title,
        name,
        said,
        mark_safe("".join(drawn)),  # noqa: S308 - every part above went through format_html
    )
