"""Every periodic task on one page, in Japanese time."""

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "gifts whose webhook was lost": {"task": "donations.sweep", "schedule": 180.0},
    "books against the payment company's": {
        "task": "donations.reconcile",
        "schedule": crontab(hour="4", minute="10"),
    },
    "monthly gifts whose webhook was lost": {
        "task": "donations.monthly",
        "schedule": crontab(hour="3", minute="40"),
    },
    "all-or-nothing campaigns whose last day is over": {"task": "donations.promises", "schedule": 600.0},
    "card shields after quiet minutes": {"task": "donations.shield", "schedule": 60.0},
    "coupons whose last day is over": {"task": "coupons.expire", "schedule": crontab(hour="0", minute="20")},
}
