"""Read a bank's CSV of movements, by the names in its head row. UTF-8 or CP932, full-width digits understood.

The names are those of the downloads of the large banks, of Japan Post Bank and Rakuten Bank, and of the ANSER
form that many regional banks share. A head row may stand below other rows.
"""

import csv
import io
import re
import unicodedata
from datetime import date

from django.utils.translation import gettext as _

from donations.errors import StatementUnreadable
from donations.statement import FORMS, BadRow, Movement, Statement, possible_day

DAY = ("取引日", "お取引日", "日付", "年月日", "取引年月日", "勘定日", "入出金日", "起算日")
MONEY_IN = (
    "入金", "入金額", "入金金額", "お預入", "お預入れ", "お預入額", "お預入れ額", "お預入金額", "お預り金額", "預り金額",
    "預入金額", "お預かり金額", "受入金額", "ご入金額",
)  # fmt: skip
MONEY_OUT = (
    "出金", "出金額", "出金金額", "お引出", "お引出し", "お引出額", "お引出し額", "お引出金額", "お支払金額", "支払金額",
    "お支払い金額", "払出金額", "払戻金額", "ご出金額",
)  # fmt: skip
EITHER = ("入出金", "入出金額", "入出金金額")  # below zero: money out
PAYER = (
    "振込依頼人名", "依頼人名", "振込依頼人", "摘要", "お取引内容", "取引内容", "内容", "入出金内容", "入出金先内容",
    "お取り扱い内容", "お取扱内容", "摘要内容", "詳細", "備考",
)  # fmt: skip
HEAD_WITHIN = 20  # rows
ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}


def read_csv(content: bytes) -> Statement:
    """The lines. Raises StatementUnreadable when no head row with a day and an amount is found."""
    rows = list(csv.reader(io.StringIO(_decoded(content), newline=""), delimiter=","))
    at, columns = _head(rows)
    statement = Statement(form=FORMS.CSV)
    for number, row in enumerate(rows[at + 1 :], at + 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            statement.movements.append(_movement(row, columns))
        except ValueError as error:
            statement.bad.append(BadRow(number, ",".join(row), str(error)))
    return statement


def _decoded(content: bytes) -> str:
    for coding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    raise StatementUnreadable(why=_("It is no text of a known coding (UTF-8 or Shift_JIS)."))


def _head(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Where the head row is, and the column of each thing. The first name of a list that is there wins."""
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        names = [re.sub(r"\(.*?\)|[\s円]", "", unicodedata.normalize("NFKC", cell)) for cell in row]
        found = {
            thing: next((names.index(name) for name in wanted if name in names), -1)
            for thing, wanted in (
                ("day", DAY), ("in", MONEY_IN), ("out", MONEY_OUT), ("either", EITHER), ("payer", PAYER),
            )
        }  # fmt: skip
        if found["day"] >= 0 and max(found["in"], found["out"], found["either"]) >= 0:
            return at, found
    raise StatementUnreadable(why=_("There is no row with the names of the columns for day and amount."))


def _movement(row: list[str], columns: dict[str, int]) -> Movement:
    def cell(thing: str) -> str:
        at = columns[thing]
        return unicodedata.normalize("NFKC", row[at]).strip() if 0 <= at < len(row) else ""

    came, went, either = _yen(cell("in")), _yen(cell("out")), _yen(cell("either"))
    if came < 0 or went < 0:
        raise ValueError(_("An amount below zero stands where none can be."))
    if (came > 0) + (went > 0) + (either != 0) != 1:
        raise ValueError(_("There must be one amount, in or out."))
    return Movement(_day(cell("day")), came - went + either, cell("payer"))


def _yen(written: str) -> int:
    """'１，２００円' or '' -> 1200 or 0."""
    bare = re.sub(r"[,\s¥円\\]", "", written)
    if bare in ("", "-"):
        return 0
    if not re.fullmatch(r"[+-]?\d{1,13}", bare):
        raise ValueError(_("The amount is no number."))
    return int(bare)


def _day(written: str) -> date:
    bare = re.sub(r"[年月/.-]", "-", written).rstrip("日").split(" ")[0]
    if match := re.fullmatch(r"(\d{4})-?(\d{1,2})-?(\d{1,2})", bare):
        year = int(match[1])
    elif match := re.fullmatch(r"(令和|平成|[RH])-?(\d{1,2}|元)-(\d{1,2})-(\d{1,2})", bare):
        year = ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
    else:
        raise ValueError(_("The day could not be read."))
    return possible_day(year, int(match[match.lastindex - 1]), int(match[match.lastindex or 0]))  # type: ignore[operator]
