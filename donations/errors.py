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
    """Three payment pages of one e-mail address are open already."""

    code = "too_many_open"
    status = 429
    words = _(
        "Three payments with this e-mail address are not finished yet. Please finish one of them, "
        "or try again in %(minutes)s minutes. No money was taken."
    )


class CampaignNotDraft(Refused):
    """Only a draft can be changed or given to a second person."""

    code = "campaign_not_draft"
    words = _("This campaign is no draft any more. Nothing was changed. Load the page anew.")


class CampaignNotInReview(Refused):
    """A saved campaign is opened, or sent back, only while it waits for a second person."""

    code = "campaign_not_in_review"
    words = _("This campaign does not wait for a second person. Give it to a second person first.")


class SecondPersonNeeded(Refused):
    """Who gave the campaign to review cannot open it."""

    code = "second_person_needed"
    words = _("You gave this campaign to review, so another person of the secretariat has to open it.")


class PlanOutOfOrder(Refused):
    """Days, amounts or the share do not fit together."""

    code = "plan_out_of_order"
    status = 422
    words = _("Days or amounts do not fit together. Check the first and last day, and the amounts.")


class LastDayOver(Refused):
    """A campaign is opened only when a day is left on which gifts can be taken."""

    code = "last_day_over"
    words = _("The last day of this campaign is over. Send it back and choose another last day.")


class NotAnExtension(Refused):
    """The last day of an open campaign only moves later, before it is over, with a reason."""

    code = "not_an_extension"
    status = 422
    words = _("The last day can only become later, while the campaign is open. Write the reason too.")


class PictureUnknown(Refused):
    """The text names a picture that the campaign does not have."""

    code = "picture_unknown"
    status = 422
    words = _("The text names picture %(number)s, but this campaign has no such picture. Add it first.")


class PictureUnreadable(Refused):
    """Not a JPEG, PNG or WebP, or broken."""

    code = "picture_unreadable"
    status = 422
    words = _("This file cannot be read as a picture. Choose a JPEG, PNG or WebP file.")


class PictureTooLarge(Refused):
    """Too many bytes, or so many pixels that reading it would fill the memory."""

    code = "picture_too_large"
    status = 422
    words = _("This picture is too large. Choose one of at most 5 MB and 50 million pixels.")


class PictureWithoutWords(Refused):
    """A picture needs words for those who cannot see it."""

    code = "picture_without_words"
    status = 422
    words = _("Write what the picture shows, for people who cannot see it.")


class PictureInUse(Refused):
    """A picture that a text still names."""

    code = "picture_in_use"
    words = _("A text still shows this picture. Take it out of the text first.")


class UpdateAlreadySent(Refused):
    """What was sent to donors is not changed any more."""

    code = "update_already_sent"
    words = _("This update was already sent. Write a new one to correct it.")


class CampaignNotClosed(Refused):
    """Only a closed campaign is settled."""

    code = "campaign_not_closed"
    words = _("Only a campaign that was ended can be settled. End it first.")


class GiftsStillPending(Refused):
    """Gifts whose end is not known, or whose fee Stripe has not said."""

    code = "gifts_still_pending"
    words = _("%(count)s gifts are not finished yet. Settle the campaign when they are.")


class BooksDiffer(Refused):
    """The gifts and the ledger, or Stripe's figures, do not agree."""

    code = "books_differ"
    words = _("The gifts and the books differ by %(yen)s yen. Find out why before you settle.")


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
