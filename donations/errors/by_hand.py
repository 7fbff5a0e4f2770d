"""Refusals of money by hand and of the bank. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class FormKeyUsed(Refused):
    """The same request key came with other figures."""

    code = "form_key_used"
    words = _("This form was sent before with other figures. Load the page anew and check what is booked.")


class DayInTheFuture(Refused):
    """Money that has not come yet cannot be booked, nor money of another age."""

    code = "day_in_the_future"
    status = 422
    words = _(
        "This day has not come yet, or is more than five years ago. Give the day on which the money came."
    )


class CampaignIsDraft(Refused):
    """A draft has no fund."""

    code = "campaign_is_draft"
    words = _("This campaign has not been opened and has no fund. Open it first, then note the gift.")


class NotedYourself(Refused):
    """Who noted the gift may not approve it."""

    code = "noted_yourself"
    status = 403
    words = _(
        "You noted this gift yourself. Ask another person of the secretariat to look at it and book it."
    )


class AlreadyDecided(Refused):
    """Another decision stands."""

    code = "already_decided"
    words = _("Somebody decided about this gift before you. Load the page anew to see what was decided.")


class NotAwaited(Refused):
    """The gift was called off, or its money has come."""

    code = "not_awaited"
    words = _("This gift is not awaited any more. Load the page anew to see what happened to it.")


class NoReceivingAccount(Refused):
    """An invoice must say where to pay."""

    code = "no_receiving_account"
    words = _("The invoice must say where to pay. Enter the organisation's bank account first.")


class SponsorFundExists(Refused):
    """Two funds of one name could not be told apart."""

    code = "sponsor_fund_exists"
    words = _("There is a fund of this name already. Choose it, or give the new one another name.")


class AnotherAmountCame(Refused):
    """What came is not what was promised."""

    code = "another_amount_came"
    words = _(
        "%(came)s yen came, %(promised)s yen were promised. Nothing was booked. Call this gift off and note a "
        "new one with the amount that came."
    )


class MoreThanPromised(Refused):
    """Parts of a grant never add up to more than the promise."""

    code = "more_than_promised"
    words = _(
        "Only %(awaited)s yen of this promise are still awaited. Nothing was booked. Ask the funder what the "
        "rest is for."
    )


class StatementUnreadable(Refused):
    """The file is no statement that we know, or its own sums do not fit."""

    code = "statement_unreadable"
    status = 422
    words = _("This file could not be read: %(why)s Nothing was taken in.")


class LineExplained(Refused):
    """The bank line has its booking already."""

    code = "line_explained"
    words = _("This bank line was explained before. Load the page anew to see by what.")


class DoesNotFit(Refused):
    """The line and what was chosen for it differ."""

    code = "does_not_fit"
    words = _("This bank line does not fit what you chose. Load the page anew and choose again.")


class MatchedItYourself(Refused):
    """Who brought money into a fund by a match may not take it out again alone."""

    code = "matched_it_yourself"
    status = 403
    words = _("You matched this line yourself. Ask another person of the secretariat to undo it.")


class MoneyWasUsed(Refused):
    """The fund does not hold any more what the match brought."""

    code = "money_was_used"
    words = _(
        "Money of this match has become coupons already, so it cannot be taken out of the fund. Nothing was "
        "changed. Put money into the fund first, then undo the match."
    )


class TookItIn(Refused):
    """Who read a statement in may not turn its lines into money of a fund."""

    code = "took_it_in"
    status = 403
    words = _(
        "You read this statement in yourself. Ask another person of the secretariat to confirm the line."
    )
