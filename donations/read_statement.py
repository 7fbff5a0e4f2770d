"""Read a bank's file: which form it has, its lines, and the rows that could not be read. Writes nothing."""

from django.utils.translation import gettext as _

from donations.errors import StatementUnreadable
from donations.read_csv import read_csv
from donations.read_zengin import looks_like_zengin, read_zengin
from donations.statement import Statement

LARGEST_BYTES = 2_000_000


def read_statement(content: bytes) -> Statement:
    """Read a Zengin file or a CSV file. Raises StatementUnreadable when it is neither or its sums are wrong."""
    if not content.strip():
        raise StatementUnreadable(why=_("It is empty."))
    if len(content) > LARGEST_BYTES:
        raise StatementUnreadable(why=_("It is larger than 2 MB. Ask the bank for a shorter period."))
    return read_zengin(content) if looks_like_zengin(content) else read_csv(content)
