"""What the page of a fund's story shows beside the figures: names of months and kinds, charts, tables."""

from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models import Donation
from kernel.clock import day_of
from kernel.templatetags.look import in_japanese, yen
from metrics.chart import Point, bars, columns
from metrics.definitions import Definition
from metrics.gift_story import KINDS, FundStory
from metrics.periods import NONE, Period, Sum

COLUMNS = 12  # as many as a drawing has room for; the table has all

LESSONS = Definition(
    gettext_lazy("Yen used for lessons"),
    gettext_lazy("What coupons of this fund paid to schools in the month, less uses taken back in it."),
    gettext_lazy("Source: uses at schools."),
)


def story_context(story: FundStory, gift: Donation | None = None) -> dict[str, Any]:
    """All that metrics/fund_story.html needs. `gift`: the reader's own, which changes no figure."""
    return {
        "story": story,
        "campaign": story.campaign,
        "gift": gift,
        "others": max(story.standing.donors - bool(gift and gift.kept_yen), 0),
        "came_later": gift is not None and gift.paid_at is not None and day_of(gift.paid_at) > story.last_day,
        "children_possible": story.fund_yen // story.year.face_yen if story.year else 0,
        "is_young": story.campaign.first_day > story.last_day,
        "next_on": next_figures_on(max(story.last_day, month_before(story.campaign.first_day))),
        "say": LESSONS,
        **_by_month(story),
        **_by_kind(story),
    }


def _by_month(story: FundStory) -> dict[str, Any]:
    latest = story.periods[-COLUMNS:]
    points = [
        Point(short_name(one), max(one.total.yen, 0), f"{(one.total.yen + 500) // 1000 / 10:,.1f}")
        for one in latest
    ]
    kinds = [kind for kind in story.uses.by_kind if any(one.of(kind) != NONE for one in story.periods)]
    return {
        "kinds": [KINDS[kind] for kind in kinds],
        "month_chart": columns("story-month", _("Yen used for lessons, by month, in 10,000 yen"), points),
        "month_rows": [
            (period_name(one), one.total, [(KINDS[kind], one.of(kind)) for kind in kinds])
            for one in story.periods
        ],
    }


def _by_kind(story: FundStory) -> dict[str, Any]:
    shown: list[tuple[str, Sum | None]] = [
        (str(KINDS[kind]), one) for kind, one in story.uses.by_kind.items()
    ]
    points = [
        Point(name, None if one is None else max(one.yen, 0), "" if one is None else yen(one.yen))
        for name, one in shown
    ]
    return {
        "kind_rows": shown,
        "kind_chart": bars("story-kind", _("Yen used for lessons, by kind of school"), points),
    }


def period_name(period: Period) -> str:
    """'2026年4月', '2026年4月〜6月', 'April 2026', 'April 2026 – June 2026'."""
    first, last = _month_of_year(period.first), _month_of_year(period.last)
    if period.first == period.last:
        return first
    return f"{first}〜{last}" if in_japanese() else f"{first} – {last}"


def short_name(period: Period) -> str:
    """'4月', '4〜6月', 'Apr', 'Apr–Jun': below a column."""
    if in_japanese():
        last = f"{period.last.month}月"
        return last if period.first == period.last else f"{period.first.month}〜{last}"
    last = date_format(period.last, "M")
    return last if period.first == period.last else f"{date_format(period.first, 'M')}–{last}"


def _month_of_year(month: date) -> str:
    return f"{month.year}年{month.month}月" if in_japanese() else date_format(month, "F Y")


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def next_figures_on(last_day: date) -> date:
    """The day on which the figures of the month after `last_day` appear."""
    month = last_day + timedelta(days=1)
    return date(month.year + month.month // 12, month.month % 12 + 1, 2)
