"""What workers run."""

from celery import shared_task

from outbox.deliver import deliver


@shared_task(acks_late=True, name="outbox.deliver")
def deliver_message(program_id: int, message_id: int) -> None:
    """Deliver one message. It carries ids only: the row is the truth, the queue is disposable."""
    deliver(program_id, message_id)
