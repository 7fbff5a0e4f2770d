"""Who acts on which topic. Upper floors register in their `notices.py`, found at start-up."""

from collections.abc import Callable

from outbox.models import Job, Message

Handler = Callable[[Message], None]
Step = Callable[[Job], None]

HANDLERS: dict[str, Handler] = {}
STEPS: dict[str, Step] = {}
# Topics and kinds of jobs that ask an outside service: no transaction is open while they wait for it.
OUTSIDE: set[str] = set()


def handles(topic: str, *, asks_outside: bool = False) -> Callable[[Handler], Handler]:
    """Register the one handler of `topic`. It runs in a transaction of the message's program.

    asks_outside: it runs before that transaction and opens short ones of its own; it must be safe to repeat.
    """

    def register(handler: Handler) -> Handler:
        if topic in HANDLERS:
            raise RuntimeError(f"two handlers for {topic}")
        HANDLERS[topic] = handler
        if asks_outside:
            OUTSIDE.add(topic)
        return handler

    return register


def steps(kind: str, *, asks_outside: bool = False) -> Callable[[Step], Step]:
    """Register the one step of jobs of `kind`: it does the next few, moves job.done, and returns.

    asks_outside: as for handles(); the job is not held meanwhile, so two workers may do one step twice.
    """

    def register(step: Step) -> Step:
        if kind in STEPS:
            raise RuntimeError(f"two steps for {kind}")
        STEPS[kind] = step
        if asks_outside:
            OUTSIDE.add(kind)
        return step

    return register
