"""Set a receipt as PDF: PDF/A-2a and PDF/UA-1, our own fonts embedded, nothing fetched from anywhere.

The words come in as data and are never read as markup. A character that the font cannot write is an
error, never an empty box on someone's paper.
"""

import io
import json
import re
import threading
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from donations.errors import CannotBeWritten
from donations.models import Addressee

PAPER = Path(__file__).resolve().parent / "paper"
STANDARDS: list[Any] = ["a-2a", "ua-1"]
PROBE = """#set page(height: auto)
#set text(font: "Noto Sans JP", fallback: false, lang: "ja")
#set document(title: "-", date: datetime(year: 2026, month: 1, day: 1))
#sys.inputs.words"""
MASK = 4  # of the QR code: blocks of 3 by 2, the least like its corner marks
UNWRITTEN = re.compile(r"the text `\"(.+?)\"` could not be displayed")

_one_at_a_time = threading.Lock()  # the compiler may not be borrowed twice


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    # Kept by the process: it holds the fonts and what does not change between two papers.
    if not list((PAPER / "fonts").glob("*.ttf")):
        raise RuntimeError("the fonts of the receipts are missing: run bin/css")
    return typst.Compiler(root=str(PAPER), font_paths=[str(PAPER / "fonts")], ignore_system_fonts=True)


def typeset(words: dict[str, Any]) -> bytes:
    """The PDF of a receipt that says `words`. Raises CannotBeWritten."""
    return _compiled(str(PAPER / "receipt.typ"), json.dumps(words, ensure_ascii=False))


def check_can_be_written(addressee: Addressee) -> None:
    """Raises CannotBeWritten with the characters that our font does not have."""
    said = "".join((addressee.name, addressee.postal_code, addressee.address))
    _compiled(PROBE.encode(), said)


def _compiled(document: Any, words: str) -> bytes:
    try:
        with _one_at_a_time:
            pdf = _compiler().compile(
                input=document, format="pdf", sys_inputs={"words": words}, pdf_standards=STANDARDS
            )
    except typst.TypstError as error:
        unwritten = UNWRITTEN.search(str(error))
        if unwritten is None:
            raise
        raise CannotBeWritten(characters=unwritten[1]) from None
    if not isinstance(pdf, bytes):
        raise TypeError("one document makes one file")
    return pdf


def qr_svg(address: str) -> str:
    """The QR code of an address as SVG text."""
    out = io.BytesIO()
    # To weigh all eight masks took half of a receipt's time, and readers take each of them.
    segno.make(address, error="m", mask=MASK, micro=False).save(
        out, kind="svg", border=2, xmldecl=False, svgns=True
    )
    return out.getvalue().decode()


def written_day(day: date) -> str:
    """2027年1月15日, as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
