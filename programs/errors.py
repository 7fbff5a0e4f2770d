"""Refusals of this floor."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class SlugTaken(Refused):
    """The word stands in addresses already."""

    code = "slug_taken"
    words = _("Another program or page has this word in its address already. Please choose another one.")


class MunicipalityUnknown(Refused):
    """The code's check digit does not fit."""

    code = "municipality_unknown"
    status = 422
    words = _("This is not a municipality code: its check digit does not fit. It has six digits.")
