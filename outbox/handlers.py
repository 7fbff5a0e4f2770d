"""Who acts on which topic. Upper floors register in their `notices.py`, found at start-up."""

from collections.abc import Callable

from outbox.models import Job, Message

Handler = Callable[[Message], None]
Step = Callable[[Job], None]

HANDLERS: dict[str, Handler] = {}
STEPS: dict[str, Step] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of `topic`. It runs in a transaction of the message's program."""

    def register(handler: Handler) -> Handler:
        if topic in HANDLERS:
            raise RuntimeError(f"two handlers for {topic}")
        HANDLERS[topic] = handler
        return handler

    return register


def steps(kind: str) -> Callable[[Step], Step]:
    """Register the one step of jobs of `kind`: it does the next few, moves job.done, and returns."""

    def register(step: Step) -> Step:
        if kind in STEPS:
            raise RuntimeError(f"two steps for {kind}")
        STEPS[kind] = step
        return step

    return register
