"""The one clock. Days are Japanese days (Asia/Tokyo); moments are aware and stored in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

JAPAN = ZoneInfo("Asia/Tokyo")


_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def now() -> datetime:
    """This moment, aware."""
    return _as_of.get() or timezone.now()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let verbs act as if it were `moment`: for making up the demonstration's past, nothing else."""
    token = _as_of.set(moment)
    try:
        yield
    finally:
        _as_of.reset(token)


def today() -> date:
    """The day in Japan."""
    return now().astimezone(JAPAN).date()


def day_of(moment: datetime) -> date:
    """The Japanese day in which `moment` falls."""
    return moment.astimezone(JAPAN).date()


def start_of(day: date) -> datetime:
    """The first moment of `day` in Japan."""
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year (1 April to 31 March) of `day`: 31 March 2027 is in 2026."""
    return day.year if day.month >= 4 else day.year - 1


def months_left(first_day: date, last_day: date) -> int:
    """Calendar months touched from `first_day` to `last_day`, both inclusive; 0 when it is over."""
    months = (last_day.year - first_day.year) * 12 + last_day.month - first_day.month + 1
    return max(months, 0) if first_day <= last_day else 0


def month_after(day: date) -> date:
    """The same day of the next month, or that month's last: 31 January -> 28 February."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
