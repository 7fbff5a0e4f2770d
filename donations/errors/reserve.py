"""Refusals about the loss reserve. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class RunningCostsTooLow(Refused):
    """More was asked for than running costs hold."""

    code = "running_costs_too_low"
    words = _("Running costs hold %(yen)s yen. No money was moved. Put at most that much into the reserve.")


class AskedYourself(Refused):
    """Who asked for it may not approve it."""

    code = "asked_yourself"
    status = 403
    words = _(
        "You asked for this yourself. Another person of the secretariat looks at it and moves the money."
    )


class FillDecided(Refused):
    """Another decision stands."""

    code = "fill_decided"
    words = _("Somebody decided about this before you. Load the page anew to see what was decided.")
