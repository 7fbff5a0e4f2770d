"""Put a message beside the change that causes it: the seventh beat of every verb."""

from typing import Any

from outbox.models import Message


def put(topic: str, *, about: str, **facts: Any) -> Message:
    """Leave a message for the relay, in the caller's transaction. Nothing is sent here.

    `facts` are ids and numbers; what a mail needs beyond them is read when it is written.
    """
    message: Message = Message.objects.create(topic=topic, about=about, facts=facts)
    return message
