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


class RefundNeedsSecondPerson(Refused):
    """Above the limit, or of a gift by hand: propose_refund is the verb."""

    code = "refund_needs_second_person"
    words = _("This amount needs a second person. Load the page anew and propose the refund.")


class RefundProposedYourself(Refused):
    """Who proposed a refund may not approve it."""

    code = "refund_proposed_yourself"
    status = 403
    words = _("You proposed this refund yourself. Ask another person of the secretariat to approve it.")


class RefundDecided(Refused):
    """It was approved or withdrawn before."""

    code = "refund_decided"
    words = _("Somebody decided about this refund before you. Load the page anew to see what was decided.")
