"""Refusals about money after a gift. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class NotRefundable(Refused):
    """The gift is not paid, not through Stripe, disputed, or less is left of it."""

    code = "not_refundable"
    words = _("At most %(most)s yen of this gift can be paid back now. Nothing was changed.")


class RefundKeyUsed(Refused):
    """The same request key came with another amount."""

    code = "refund_key_used"
    words = _(
        "This form was sent before with another amount. Load the page anew and check what was paid back."
    )


class RefundNotPossible(Refused):
    """Stripe will not pay it back: too old, or the way of paying does not allow it."""

    code = "refund_not_possible"
    words = _(
        "The payment company does not pay this back. No money was moved. It stands among the open questions."
    )


class ReasonNeeded(Refused):
    """A person's reason or answer is missing."""

    code = "reason_needed"
    status = 422
    words = _("Please write down the reason in a few words.")
