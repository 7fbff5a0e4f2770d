"""Every periodic task on one page, in Japanese time."""

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {
    "gifts whose webhook was lost": {"task": "donations.sweep", "schedule": 180.0},
}
