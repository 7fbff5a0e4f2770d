"""What beat starts."""

from celery import shared_task

from donations.sweep import sweep_all


@shared_task(name="donations.sweep")
def sweep_gifts() -> None:
    """Every three minutes: gifts whose webhook was lost are found and booked. A repeat does no harm."""
    sweep_all()
