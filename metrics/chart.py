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
BAR_HEIGHT, GAP = 30, 14
LABELS = 150  # least room for the names at the left of bars
WIDE, NARROW = 13, 7  # a Japanese letter and a Latin one, in the drawing's units
PLOT_TOP, PLOT_BOTTOM = 34, 190


@dataclass(frozen=True)
class Point:
    """One value with its name and how it is written; value None is hidden."""

    label: str
    value: int | None
    written: str


def bars(name: str, title: str, points: list[Point]) -> SafeString:
    """Horizontal bars, one below the other, each with its value at its end."""
    highest = max((point.value or 0 for point in points), default=0)
    drawn, room = [], _room(points)
    for place, point in enumerate(points):
        top = place * (BAR_HEIGHT + GAP) + 6
        length = 0 if not highest else (point.value or 0) * (WIDTH - room - 130) // highest
        drawn.append(_text(room - 10, top + 20, point.label, "axis-text", "end"))
        drawn.append(_bar(room, top, length, BAR_HEIGHT, hidden=point.value is None))
        shift = 84 if point.value is None else length
        if point.value is None:
            drawn.append(_text(room + 42, top + 20, gettext("hidden"), "axis-text", "middle"))
        else:
            drawn.append(_text(room + shift + 8, top + 20, point.written, "value-text", "start"))
    height = len(points) * (BAR_HEIGHT + GAP) + 6
    drawn.append(format_html('<path class="axis" d="M{}.5 0v{}"/>', room, height))
    return _frame(name, title, points, height, drawn)


def _room(points: list[Point]) -> int:
    """So wide that the longest name is not cut off, and never more than half of the drawing."""
    widths = [
        sum(WIDE if east_asian_width(letter) in "WF" else NARROW for letter in point.label)
        for point in points
    ]
    return min(max([LABELS, *(width + 20 for width in widths)]), WIDTH // 2)


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
    return _frame(name, title, points, PLOT_BOTTOM + 34, drawn)


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
            max(width, 84) if height == BAR_HEIGHT else width,
            height,
        )
    return format_html(
        '<rect class="series-1" x="{}" y="{}" width="{}" height="{}" rx="3"/>', left, top, width, height
    )


def _text(x: int, y: int, words: str, style: str, anchor: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', style, x, y, anchor, words
    )


def _frame(name: str, title: str, points: list[Point], height: int, drawn: list[SafeString]) -> SafeString:
    said = ", ".join(
        f"{point.label} {gettext('hidden') if point.value is None else point.written}" for point in points
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        WIDTH,
        height,
        name,
        name,
        name,
        title,
        name,
        said,
        mark_safe("".join(drawn)),  # noqa: S308 - every part above went through format_html
    )
