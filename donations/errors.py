"""Refusals of donations. Nothing is written when one is raised, and no money moves."""

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


class WebhookRefused(Refused):
    """Forged, too old, of another organisation or of the other mode."""

    code = "webhook_refused"
    status = 400
    words = _("This message was not accepted.")


class GrantKeyUsed(Refused):
    """The same request key came with another grant."""

    code = "grant_key_used"
    words = _("This form was sent before with other figures. Load the page anew and check what is booked.")


class ReceiptRefused(Refused):
    """A receipt is not issued, changed or copied."""


class NotSettled(ReceiptRefused):
    """The money of the gift is not ours yet."""

    code = "not_settled"
    words = _("The payment of this gift is not final yet. The receipt follows as soon as it is.")


class NameAndAddressNeeded(ReceiptRefused):
    """A receipt without a name or an address is worth nothing."""

    code = "name_and_address_needed"
    status = 422
    words = _("A receipt needs a full name and an address. Please fill in both.")


class CannotBeWritten(ReceiptRefused):
    """The font of the receipts lacks a character."""

    code = "cannot_be_written"
    status = 422
    words = _("We cannot print “%(characters)s”. Please write it with another character.")


class AlreadyOnReceipt(ReceiptRefused):
    """The gift is on a valid receipt."""

    code = "already_on_receipt"
    words = _("There is a receipt for this gift already. To change it, ask the secretariat.")


class NothingToReceipt(ReceiptRefused):
    """No settled gift is left that is not on a receipt."""

    code = "nothing_to_receipt"
    words = _("There is no gift left that a receipt could be issued for.")


class TaxYearNotOver(ReceiptRefused):
    """One receipt for a year exists only when the year is over."""

    code = "tax_year_not_over"
    words = _("A receipt for a whole year can be issued from 1 January of the next year.")


class ReceiptSettingsMissing(ReceiptRefused):
    """The organisation has not said all that a receipt must state."""

    code = "receipt_settings_missing"
    words = _("What the receipts of this organisation must say is not complete. Fill in its settings first.")


class NobodyAsked(ReceiptRefused):
    """No one waits for a receipt of that year."""

    code = "nobody_asked"
    words = _("Nobody waits for a receipt of this year.")


class ReceiptCancelled(ReceiptRefused):
    """A cancelled receipt is not copied or cancelled again."""

    code = "receipt_cancelled"
    words = _("This receipt was cancelled. Issue a new one if it is needed.")
