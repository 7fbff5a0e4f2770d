"""Refusals at the secretariat's desk. Nothing is written then."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class ReasonMissing(Refused):
    """Nobody could tell later why it was done."""

    code = "reason_missing"
    status = 422
    words = _("Please write down the reason in a few words.")
