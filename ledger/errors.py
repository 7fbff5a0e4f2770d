"""Refusals of the ledger."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class NotEnoughMoney(Refused):
    """A guarded account would go below zero."""

    code = "not_enough_money"
    words = _("There is not enough money in the account. No money was moved.")


class AnotherTransfer(Refused):
    """The same source was posted before with other accounts or another amount."""

    code = "another_transfer"
    words = _("This was already booked in another way. No money was moved. Ask the secretariat.")
