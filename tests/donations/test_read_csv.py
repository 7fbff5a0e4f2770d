"""donations.read_csv: the downloads of common banks, by the names of their columns."""

from datetime import date

import pytest

from donations.errors import StatementUnreadable
from donations.read_csv import read_csv
from donations.read_statement import LARGEST_BYTES, read_statement
from donations.statement import Movement

DAY = date(2027, 3, 10)
CAME = Movement(DAY, 300_000, "振込 カ)アオゾラ")
FORMS = {
    "in and out": "日付,お引出額,お預入額,お取り扱い内容,残高\n2027/3/10,,300000,振込　ｶ)ｱｵｿﾞﾗ,1",
    "quoted, commas": '"取引日","入金金額(円)","出金金額(円)","摘要"\n"2027-03-10","300,000","","振込 ｶ)ｱｵｿﾞﾗ"',
    "one signed column": "取引日,入出金(円),取引後残高(円),入出金内容\n20270310,300000,9,振込 カ)アオゾラ",
    "full width": "年月日,お支払金額,お預り金額,摘要\n２０２７年３月１０日,,３００，０００円,振込　カ）アオゾラ",
    "rows above the head": "口座番号,0123456\n\n勘定日,出金金額,入金金額,摘要\n令和9年3月10日,,300000,振込 カ)アオゾラ",
    "era in letters": "取引日,入金,出金,内容\nR9.3.10,300000,0,振込 カ)アオゾラ",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp932"])
def test_common_forms_say_the_same(form: str, coding: str) -> None:
    statement = read_statement(FORMS[form].encode(coding))

    assert (statement.form, statement.movements, statement.bad) == ("csv", [CAME], [])


def test_money_out_is_below_zero() -> None:
    content = "取引日,入出金(円),内容\n20270310,-1234,手数料\n".encode()
    assert [one.amount_yen for one in read_csv(content).movements] == [-1234]


def test_rows_that_cannot_be_read_are_named_and_the_others_stay() -> None:
    rows = ["2027/3/10,,300000,振込 カ)アオゾラ", "2027/2/30,,1,あ", "いつか,,1,い", "2027/3/10,1,1,う"]
    rows += ["2027/3/10,,,え", "2027/3/10,,百円,お", "2027/4/1,,1,か", "2027/3/10,,-5,き", "", ",,,"]
    statement = read_csv("\n".join(["日付,お引出額,お預入額,摘要", *rows]).encode())

    assert statement.movements == [CAME]
    assert [row.number for row in statement.bad] == [3, 4, 5, 6, 7, 8, 9]
    assert all(row.why and row.text for row in statement.bad)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff\xfe\x00\x81", b"a,b\n1,2", "日付,摘要\n2027/3/10,x".encode()]
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        read_statement(content)


def test_too_large_a_file_is_refused() -> None:
    with pytest.raises(StatementUnreadable):
        read_statement(b"x" * (LARGEST_BYTES + 1))
