"""The one writer of CSV files: opens in Excel without garbled text, and no cell is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """UTF-8 with BOM and CRLF. A text that a spreadsheet would run gets an apostrophe; numbers stay."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([_tame(cell) for cell in row])
    return (BOM + out.getvalue()).encode()


def _tame(cell: str | int) -> str | int:
    if isinstance(cell, str) and cell.lstrip(" 　").startswith(RUN_AS_FORMULA):
        return f"'{cell}"
    return cell
