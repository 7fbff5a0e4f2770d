"""The workers' entry: celery -A config worker."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

from config.beat import TIMETABLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("study_coupon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = TIMETABLE


@worker_init.connect
@beat_init.connect
def refuse_unsafe(**kwargs: Any) -> None:
    """Workers and beat hold the walls too."""
    from programs.walls import refuse_unsafe_start  # noqa: PLC0415 - models exist only from here on

    refuse_unsafe_start()
