"""kernel.csv_file: opens in Excel, and runs nothing."""

import csv
import io

import pytest

from kernel.csv_file import csv_file


def test_it_has_a_mark_for_excel_and_its_line_ends() -> None:
    assert csv_file(["a", "b"], [["髙", 1]]) == "\ufeffa,b\r\n髙,1\r\n".encode()


@pytest.mark.parametrize(
    "cell", ["=1+1", "+x", "-x", "@x", "\t=1", "\r=1", "＝1", "　=1", " =1", "＋1", "－1", "＠x", "\n=1"]
)
def test_what_a_spreadsheet_would_run_is_tamed(cell: str) -> None:
    ((read,),) = list(csv.reader(io.StringIO(csv_file(["a"], [[cell]]).decode(), newline="")))[1:]
    assert read == f"'{cell}"


def test_numbers_stay_numbers() -> None:
    assert csv_file(["a"], [[-5]]).endswith(b"\r\n-5\r\n")
