"""donations.read_zengin: the 200-byte file of movements, and every way in which it may be wrong."""

from datetime import date

import pytest

from donations.errors import StatementUnreadable
from donations.read_statement import read_statement
from donations.read_zengin import read_zengin
from donations.statement import Movement
from tests.donations.zengin import data, end, header, records_of, trailer, zengin_of

ROWS = [
    ("090310", "1", 300_000, "ｶ)ｱｵｿﾞﾗ"),
    ("090311", "2", 12_345, "ﾃｽｳﾘﾖｳ"),
    ("090312", "1", 1_000_000, "ｼﾌﾞﾔｸ"),
]
SAID = [
    Movement(date(2027, 3, 10), 300_000, "ｶ)ｱｵｿﾞﾗ"),
    Movement(date(2027, 3, 11), -12_345, "ﾃｽｳﾘﾖｳ"),
    Movement(date(2027, 3, 12), 1_000_000, "ｼﾌﾞﾔｸ"),
]


def test_every_record_has_200_bytes() -> None:
    assert {len(record) for record in records_of(ROWS)} == {200}


@pytest.mark.parametrize("line_end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("after", [b"", b"\x1a", b"\x1a\r\n"])
def test_it_is_read_with_and_without_line_ends(line_end: bytes, after: bytes) -> None:
    statement = read_statement(zengin_of(ROWS, line_end=line_end) + after)

    assert (statement.form, statement.movements, statement.bad) == ("zengin", SAID, [])


def test_several_accounts_follow_one_another() -> None:
    one = [header(), data(*ROWS[0]), trailer(ROWS[:1])]
    content = b"\n".join([*one, header(), data(*ROWS[1]), data(*ROWS[2]), trailer(ROWS[1:]), end(8, 2)])

    assert read_zengin(content).movements == SAID


def test_a_day_that_cannot_be_is_a_bad_row_and_the_others_stay() -> None:
    statement = read_zengin(zengin_of([("280503", "1", 5, "A"), ("090231", "1", 5, "B"), *ROWS]))

    assert statement.movements == SAID
    assert [(row.number, row.why) for row in statement.bad] == [
        (2, "日付が未来か、古すぎます。"),
        (3, "存在しない日付です。"),
    ]


WRONG = {
    "count": lambda r: [*r[:4], trailer([*ROWS, ROWS[0]]), r[5]],
    "sum": lambda r: [*r[:4], trailer([*ROWS[:2], ("090312", "1", 999_999, "x")]), r[5]],
    "a line is missing": lambda r: [*r[:2], *r[3:]],
    "no trailer": lambda r: [*r[:4], r[5]],
    "no end": lambda r: r[:5],
    "no header": lambda r: [header(kind="01"), *r[1:]],
    "term deposit": lambda r: [header(deposit="6"), *r[1:]],
    "end counts": lambda r: [*r[:5], end(99)],
    "short record": lambda r: [*r[:1], r[1][:199], *r[2:]],
    "neither in nor out": lambda r: [*r[:1], data("090310", "3", 300_000, "x"), *r[2:]],
    "letters for yen": lambda r: [*r[:1], r[1].replace(b"000000300000", b"00000030000O"), *r[2:]],
    "after the end": lambda r: [*r, r[1]],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_whose_order_counts_or_sums_are_wrong_is_refused_whole(wrong: str) -> None:
    with pytest.raises(StatementUnreadable):
        read_statement(b"\r\n".join(WRONG[wrong](records_of(ROWS))))
