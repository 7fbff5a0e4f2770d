"""Refusals of receipts. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class ReceiptRefused(Refused):
    """A receipt is not issued, changed or copied."""


class NotSettled(ReceiptRefused):
    """The money of the gift is not ours yet."""

    code = "not_settled"
    words = _("The payment of this gift is not final yet. The receipt follows as soon as it is.")


class LegalFormDiffers(ReceiptRefused):
    """The words for the legal form say something else than the form that was chosen."""

    code = "legal_form_differs"
    status = 422
    words = _("These words do not fit the legal form that is chosen. A receipt would contradict itself.")


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


class TooManyChecks(ReceiptRefused):
    """Too many receipts were looked up from one place in a short time: someone may be guessing."""

    code = "too_many_checks"
    status = 429
    words = _(
        "Too many receipts were checked from your connection in a short time. "
        "Please try again in %(minutes)s minutes."
    )
