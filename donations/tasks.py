"""What beat starts."""

from celery import shared_task

from donations.reconcile import reconcile_all
from donations.shield import lower_all
from donations.sweep import sweep_all
from donations.sweep_monthly import sweep_monthly_all
from donations.watch_promises import watch_all


@shared_task(name="donations.sweep")
def sweep_gifts() -> None:
    """Every three minutes: gifts whose webhook was lost are found and booked. A repeat does no harm."""
    sweep_all()
    sweep_monthly_all(is_night=False)


@shared_task(name="donations.monthly")
def look_after_monthly_gifts() -> None:
    """Every night, before the comparison: each running monthly gift is asked about. A repeat does no harm."""
    sweep_monthly_all(is_night=True)


@shared_task(name="donations.reconcile")
def reconcile_gifts() -> None:
    """Every night: each organisation's books against Stripe's own list. A repeat does no harm."""
    reconcile_all()


@shared_task(name="donations.shield")
def lower_shields() -> None:
    """Every minute: shields that were quiet for half an hour come down. A repeat does no harm."""
    lower_all()


@shared_task(name="donations.promises")
def watch_promises() -> None:
    """Every ten minutes: all-or-nothing campaigns end, and what follows goes on. A repeat does no harm."""
    watch_all()
