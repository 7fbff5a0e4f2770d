"""Every periodic task on one page, in Japanese time."""

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {}
