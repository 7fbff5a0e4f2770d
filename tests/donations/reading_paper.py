"""Reads a receipt's PDF as a person and as a machine would."""

import io
import unicodedata

import pikepdf
import pypdfium2


def text_of(pdf: bytes) -> str:
    """All text, blanks and line ends left out."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return "".join(c for c in "".join(pages) if not c.isspace() and unicodedata.category(c) != "Cc")


def opened(pdf: bytes) -> pikepdf.Pdf:
    """For its structure."""
    return pikepdf.open(io.BytesIO(pdf))


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Every font and whether its program is in the file."""
    found: dict[str, bool] = {}
    document = opened(pdf)
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            inside = any(key in thing for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            found[str(thing["/FontName"])] = inside
    return found
