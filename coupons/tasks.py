"""What beat and workers run."""

from datetime import date

from celery import shared_task

from coupons.expire import expire_program
from kernel.clock import today
from programs.models import Program


@shared_task(acks_late=True, name="coupons.expire")
def expire_everywhere(on: str | None = None) -> int:
    """Close what ended before `on` (ISO date in Japan, today when left out), program by program."""
    day = date.fromisoformat(on) if on else today()
    return sum(expire_program(program_id, day) for program_id in Program.objects.values_list("pk", flat=True))
