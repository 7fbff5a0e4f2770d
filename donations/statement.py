"""What any bank's file says, whatever its form: movements, and rows that could not be read."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from donations.models import BankStatement
from kernel.clock import today

FORMS = BankStatement.Form
OLDEST = timedelta(days=5 * 366)  # further back is a year of another era, or a mistake


@dataclass(frozen=True)
class Movement:
    """One line of a statement. Money in is above zero, out below."""

    on: date
    amount_yen: int
    payer: str

    @property
    def out_yen(self) -> int:
        """What went out, above zero."""
        return max(-self.amount_yen, 0)


@dataclass(frozen=True)
class BadRow:
    """A row that could not be read, as it stands, and why."""

    number: int  # in the file, the first is 1
    text: str
    why: str


@dataclass
class Statement:
    """What a file says."""

    form: str  # BankStatement.Form
    movements: list[Movement] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def possible_day(year: int, month: int, day: int) -> date:
    """The day. Raises ValueError with words when there is none, or it cannot stand in a statement."""
    try:
        on = date(year, month, day)
    except ValueError as error:
        raise ValueError(_("There is no such day.")) from error
    if on > today() or on < today() - OLDEST:
        raise ValueError(_("The day lies in the future or too far back."))
    return on
