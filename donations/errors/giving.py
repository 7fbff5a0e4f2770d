"""Refusals of giving, and of what stands in front of it. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class CampaignNotOpen(Refused):
    """The campaign has not begun, is over, or was closed."""

    code = "campaign_not_open"
    words = _("This campaign takes no gifts now. No money was taken. Please look at the other campaigns.")


class CampaignAlreadyOpened(Refused):
    """Only a draft can be opened."""

    code = "campaign_already_opened"
    words = _("This campaign was opened before. Start a new draft to open another one.")


class AmountOutOfBounds(Refused):
    """Below the campaign's minimum or above its maximum."""

    code = "amount_out_of_bounds"
    status = 422
    words = _("Please choose an amount from %(least)s to %(most)s yen.")


class AgreementChanged(Refused):
    """The donor agreed to another version than the one in force."""

    code = "agreement_changed"
    words = _("The gift agreement has changed. Please read it again and agree to it. No money was taken.")


class PaymentServiceAway(Refused):
    """Stripe did not answer, or not in a way that we could use."""

    code = "payment_service_away"
    status = 503
    words = _(
        "The payment service does not answer at the moment. No money was taken. Please try again in a while."
    )


class PaymentPageRefused(PaymentServiceAway):
    """Stripe refused to make the payment page: a setting is wrong, or the attempt is too old."""

    code = "payment_page_refused"


class PaymentDiffers(Refused):
    """What was paid is not what was promised: never booked by a machine."""

    code = "payment_differs"
    words = _("The payment differs from the gift. It was not booked. Ask the secretariat.")


class MonthlyNotOffered(Refused):
    """The campaign takes no monthly gifts, or another way of paying than a card was chosen for one."""

    code = "monthly_not_offered"
    status = 422
    words = _("Monthly gifts are not offered here, or not by this way of paying. No money was taken.")


class MonthlyNotRunning(Refused):
    """It has not begun, is being stopped, or is over."""

    code = "monthly_not_running"
    words = _("This monthly gift does not run, so it cannot be changed. No money is taken.")


class WebhookRefused(Refused):
    """Forged, too old, of another organisation or of the other mode."""

    code = "webhook_refused"
    status = 400
    words = _("This message was not accepted.")


class GrantKeyUsed(Refused):
    """The same request key came with another grant."""

    code = "grant_key_used"
    words = _("This form was sent before with other figures. Load the page anew and check what is booked.")


class TrapFilled(Refused):
    """The field that no person sees was filled in."""

    code = "trap_filled"
    status = 422
    words = _("A field that must stay empty was filled in, perhaps by a program. Please press again.")


class FormTooQuick(Refused):
    """Sent sooner than anybody reads."""

    code = "form_too_quick"
    status = 422
    words = _(
        "That was very quick. Please look at your entries once more and press again. No money was taken."
    )


class FormTooOld(Refused):
    """The form was not drawn for this gift, was used up, or is older than two hours."""

    code = "form_too_old"
    status = 422
    words = _(
        "This form was open for a long time. Your entries are kept: please press again. No money was taken."
    )


class PersonNotShown(Refused):
    """The shield is up and the form carries no answer to its question."""

    code = "person_not_shown"
    status = 422
    words = _(
        "Many false card payments are being tried at the moment, so this form checks who sends it. "
        "Please wait about %(seconds)s seconds and press again. Your entries are kept. No money was taken."
    )


class TooManyGifts(Refused):
    """Too many gifts were begun from one place in a short time."""

    code = "too_many_gifts"
    status = 429
    words = _(
        "Too many gifts were begun from your connection in a short time. No money was taken. "
        "Please try again in %(minutes)s minutes."
    )


class TooManyOpen(Refused):
    """Three payment pages of one e-mail address are open already, begun from the same line."""

    code = "too_many_open"
    status = 429
    words = _(
        "Three payments with this e-mail address are not finished yet. Please finish one of them, "
        "or try again in %(minutes)s minutes. No money was taken."
    )


class WayNotOffered(Refused):
    """The campaign's organisation does not take gifts in that way."""

    code = "way_not_offered"
    status = 422
    words = _("This way of paying is not offered here. Please choose another one. No money was taken.")
