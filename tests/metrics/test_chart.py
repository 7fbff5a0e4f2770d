"""Charts: what they draw is the figures, a hidden one is never a bar, and words cannot break out."""

import re

from django.utils.translation import override

from metrics.chart import BARS, Point, bars, columns

POINTS = [Point("A", 100, "100 yen"), Point("B", 50, "50 yen"), Point("C", None, "")]


def widths(drawn: str) -> list[int]:
    return [int(w) for w in re.findall(r'class="series-1"[^>]* width="(\d+)"', drawn)]


def test_bars_are_as_long_as_their_values() -> None:
    long, half = widths(bars("x", "title", POINTS))
    assert long == 2 * half > 0


def test_every_value_ends_inside_the_drawing_and_no_bar_needs_scrolling() -> None:
    written = "1,234,567,890円"
    drawn = bars("x", "t", [Point("A", 1_234_567_890, written), Point("B", 1, "1円")])
    found = re.search(r'class="value-text" x="(\d+)"[^>]*>1,234', drawn)
    assert found
    digits = len(written) - 1
    assert int(found[1]) + digits * 8 + 13 <= BARS
    assert (
        f'viewBox="0 0 {BARS} ' in drawn and 'class="bars"' in drawn and BARS <= 390 - 2 * 16
    )  # a telephone less its edges


def test_a_name_longer_than_the_drawing_is_pressed_together_and_others_are_not() -> None:
    assert "textLength" not in bars("x", "t", [Point("通信教育とオンラインの講座", 1, "1円")])
    assert f'textLength="{BARS}"' in bars("x", "t", [Point("長" * 200, 1, "1円")])


def test_columns_are_as_high_as_their_values() -> None:
    high, half = (
        int(h) for h in re.findall(r'class="series-1"[^>]* height="(\d+)"', columns("x", "t", POINTS))
    )
    assert high == 2 * half > 0


def test_a_hidden_value_is_a_dashed_box_with_the_word_and_lifts_the_pen() -> None:
    with override("en"):
        for draw in (bars, columns):
            drawn = draw("x", "title", POINTS)
            assert drawn.count("stroke-dasharray") == 1
            assert drawn.count(">hidden</text>") == 1
            assert len(re.findall('class="series-1"', drawn)) == 2
        broken = columns("x", "t", [POINTS[0], POINTS[2], POINTS[1]])
    (path,) = re.findall(r'class="line-2" d="([^"]*)"', broken)
    assert path.count("M") == 2
    assert "L" not in path


def test_a_drawing_says_in_words_what_it_shows() -> None:
    with override("en"):
        drawn = bars("by-grade", "By grade", POINTS)
    assert '<title id="by-grade-title">By grade</title>' in drawn
    assert "A 100 yen, B 50 yen, C hidden</desc>" in drawn


def test_nothing_at_all_and_only_zero_are_drawn_too() -> None:
    for draw in (bars, columns):
        assert widths(draw("x", "t", [])) == []
    assert widths(bars("x", "t", [Point("A", 0, "0")])) == [0]


def test_a_label_brings_no_markup_of_its_own() -> None:
    for draw in (bars, columns):
        assert "<script>" not in draw("x", "<script>", [Point("<script>", 1, "<script>")])
