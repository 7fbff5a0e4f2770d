"""Refusals: what a verb says when it will not do something. Nothing is written then."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A verb refuses. `code` is stable for machines; `words` are for people and say what to do.

    words   may hold %(name)s places, filled from the keyword arguments
    status  the HTTP status of the API's answer and of a page that shows the refusal
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    words: ClassVar[str | Promise] = _("This cannot be done now.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.words) % self.facts if self.facts else str(self.words)


class NotAllowed(Refused):
    """The acting person may not do this."""

    code = "not_allowed"
    status = 403
    words = _("You may not do this here. Ask the secretariat if you think you should.")
