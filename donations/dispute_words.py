"""Stripe's reasons of disputes and refunds in words for the secretariat."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DISPUTED: dict[str, str | Promise] = {
    "bank_cannot_process": _("The bank could not process the payment"),
    "check_returned": _("The bank returned the cheque"),
    "credit_not_processed": _("A promised refund did not arrive"),
    "customer_initiated": _("The donor asked the bank for the money back"),
    "debit_not_authorized": _("The debit was not agreed to"),
    "duplicate": _("Charged twice"),
    "fraudulent": _("The card holder says somebody else used the card"),
    "general": _("No reason was given"),
    "incorrect_account_details": _("The account was wrong"),
    "insufficient_funds": _("There was not enough money on the account"),
    "noncompliant": _("The payment broke a rule of the card company"),
    "product_not_received": _("The card holder says nothing was received for it"),
    "product_unacceptable": _("The card holder was not satisfied"),
    "subscription_canceled": _("The card holder says the monthly gift had been stopped"),
    "unrecognized": _("The card holder does not recognise the payment"),
}
REFUNDED: dict[str, str | Promise] = {
    "duplicate": _("Charged twice"),
    "expired_uncaptured_charge": _("The payment was never completed"),
    "fraudulent": _("Somebody else used the card"),
    "requested_by_customer": _("The donor asked for it"),
}


def dispute_words(reason: str) -> str | Promise:
    """Why a gift was disputed; a reason that Stripe has added since is shown with its own word."""
    unknown = _("Another reason (%(word)s)")
    return DISPUTED.get(reason) or (str(unknown) % {"word": reason} if reason else DISPUTED["general"])


def refund_words(reason: str) -> str | Promise:
    """A reason chosen at Stripe's dashboard; anything else are the words that a person wrote."""
    return REFUNDED.get(reason, reason)
