"""Read the bankers' association's file of movements (全銀協 入出金取引明細, 種別コード 03).

Records of 200 bytes in Shift_JIS with half-width kana, with or without line ends: 1 header, n data, 8 trailer;
several accounts may follow one another; 9 ends the file. Days are YYMMDD of the Japanese era.
Layout: Kiraboshi Bank's guide 《入出金明細(全銀)》明細ファイル・フォーマット of 2018-05-01 (header and codes;
../shared/reference/domain.md, ZG-ST). The data, trailer and end records were held against three public programs
that read the same file; they agree, and every record adds up to 200 bytes. Ordinary, current and savings
accounts (預金種目 1, 2, 4) only: deposits for a term have another data record.
"""

from django.utils.translation import gettext as _

from donations.errors import StatementUnreadable
from donations.statement import FORMS, BadRow, Movement, Statement, possible_day

LENGTH = 200
KIND = b"03"
IN, OUT = "1", "2"
DEPOSITS = (b"1", b"2", b"4")
REIWA = 2018  # Reiwa 1 is 2019
# The places of what we read, from 0: (first, one behind the last).
H_CODING, H_DEPOSIT = (3, 4), (62, 63)
D_DAY, D_WAY, D_AMOUNT, D_PAYER, D_WORDS = (9, 15), (21, 22), (24, 36), (81, 129), (159, 179)
T_INS, T_IN_YEN, T_OUTS, T_OUT_YEN, T_LINES = (1, 7), (7, 20), (20, 26), (26, 39), (54, 61)
E_RECORDS, E_ACCOUNTS = (1, 11), (11, 16)


def looks_like_zengin(content: bytes) -> bool:
    """A header record of movements."""
    return content[:1] == b"1" and content[1:3] == KIND and len(content) >= LENGTH


def read_zengin(content: bytes) -> Statement:
    """The lines of a file whose order, counts and sums are right.

    Raises StatementUnreadable when they are not: half a statement is worse than none.
    """
    records = _records(content)
    statement = Statement(form=FORMS.ZENGIN)
    account: list[tuple[str, int]] = []  # (in or out, yen) since the last header
    accounts, expected = 0, [b"1"]
    for number, record in enumerate(records, 1):
        kind = record[:1]
        if kind not in expected:
            raise StatementUnreadable(why=_("Record %(n)s does not belong there.") % {"n": number})
        if kind == b"1":
            _check_header(record, number)
            account, expected = [], [b"2", b"8"]
        elif kind == b"2":
            account.append(_take_line(statement, record, number))
        elif kind == b"8":
            _check_trailer(record, account)
            accounts, expected = accounts + 1, [b"1", b"9"]
        else:
            _check_end(record, len(records), accounts)
            expected = []
    if expected:
        raise StatementUnreadable(why=_("Its end is missing. Download it from the bank again."))
    return statement


def _records(content: bytes) -> list[bytes]:
    bare = content.rstrip(b"\x1a\r\n")
    records = [line for line in bare.replace(b"\r", b"\n").split(b"\n") if line]
    if len(records) == 1:
        records = [bare[at : at + LENGTH] for at in range(0, len(bare), LENGTH)]
    for number, record in enumerate(records, 1):
        if len(record) != LENGTH:
            words = _("Record %(n)s has %(length)s bytes, not 200.")
            raise StatementUnreadable(why=words % {"n": number, "length": len(record)})
    return records


def _check_header(record: bytes, number: int) -> None:
    if record[1:3] != KIND or record[slice(*H_CODING)] != b"0":
        raise StatementUnreadable(why=_("Record %(n)s is of another kind or coding.") % {"n": number})
    if record[slice(*H_DEPOSIT)] not in DEPOSITS:
        raise StatementUnreadable(why=_("It is of a deposit for a term, not of an account for payments."))


def _take_line(statement: Statement, record: bytes, number: int) -> tuple[str, int]:
    """Add the line, or the row with what is wrong; answers what the trailer counts."""
    way = _text(record, D_WAY)
    try:
        if way not in (IN, OUT):
            raise ValueError(_("It does not say whether money came in or went out."))
        yen = _number(record, D_AMOUNT)
    except ValueError as error:
        raise StatementUnreadable(why=_("Record %(n)s: %(why)s") % {"n": number, "why": error}) from error
    try:
        if yen == 0:
            raise ValueError(_("The amount is zero."))
        day = _text(record, D_DAY)
        if not (day.isascii() and day.isdigit()):
            raise ValueError(_("There is no such day."))
        on = possible_day(REIWA + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError as error:
        statement.bad.append(BadRow(number, record.decode("cp932", "replace"), str(error)))
    else:
        payer = _text(record, D_PAYER) or _text(record, D_WORDS)
        statement.movements.append(Movement(on, yen if way == IN else -yen, payer))
    return way, yen


def _check_trailer(record: bytes, account: list[tuple[str, int]]) -> None:
    try:
        said = [_number(record, place) for place in (T_INS, T_IN_YEN, T_OUTS, T_OUT_YEN, T_LINES)]
    except ValueError as error:
        raise StatementUnreadable(why=_("Its sums are no numbers.")) from error
    ins, outs = ([yen for kind, yen in account if kind == way] for way in (IN, OUT))
    if said != [len(ins), sum(ins), len(outs), sum(outs), len(account)]:
        raise StatementUnreadable(why=_("Its counts or sums do not fit its lines."))


def _check_end(record: bytes, records: int, accounts: int) -> None:
    """Both counts may be left empty by a bank."""
    for place, counted in ((E_RECORDS, records), (E_ACCOUNTS, accounts)):
        written = _text(record, place)
        if written.strip("0") and written != str(counted).zfill(place[1] - place[0]):
            raise StatementUnreadable(why=_("Its counts or sums do not fit its lines."))


def _text(record: bytes, place: tuple[int, int]) -> str:
    return record[slice(*place)].decode("cp932", "replace").strip()


def _number(record: bytes, place: tuple[int, int]) -> int:
    written = _text(record, place)
    if not (written.isascii() and written.isdigit()):
        raise ValueError(_("The amount is no number."))
    return int(written)
