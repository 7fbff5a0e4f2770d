"""Name an organisation that receives gifts."""

from dataclasses import dataclass

from django.db import transaction

from audit.record import record
from donations.models import LegalForm, Organisation
from donations.rules import may_run_campaigns
from ledger.accounts import open_account, the_account
from ledger.models import Kind
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class Agreement:
    """What a donor agrees to, and its version."""

    version: str
    text: str


@dataclass(frozen=True)
class StripeSecrets:
    """The keys of the organisation's own Stripe account."""

    key: str
    webhook_secret: str

    def __repr__(self) -> str:
        return "StripeSecrets(...)"  # never in a log


@transaction.atomic
def add_organisation(
    *,
    name: str,
    legal_form: str,
    address: str,
    agreement: Agreement,
    secrets: StripeSecrets,
    actor: Membership,
) -> Organisation:
    """Add a receiving organisation with ledger accounts of its own and its Stripe secrets, sealed.

    Its webhook address is /<program>/webhooks/stripe/<endpoint>/.
    Raises NotAllowed; nothing is written then.
    """
    require(may_run_campaigns(actor))
    form, words = read_legal_form(legal_form)
    organisation = Organisation(
        name=name,
        legal_form=form,
        legal_form_words=words,
        address=address,
        receipt_address=address,
        agreement_version=agreement.version,
        agreement_text=agreement.text,
        clearing=open_account(kind=Kind.STRIPE_CLEARING, label=name),
        fees=open_account(kind=Kind.PAYMENT_FEES, label=name),
        bank=the_account(Kind.BANK, name),
    )
    organisation.seal_stripe(key=secrets.key, webhook_secret=secrets.webhook_secret)
    organisation.save()
    record(
        "organisation.added",
        actor=actor,
        subject=f"organisation:{organisation.pk}",
        is_live=organisation.is_live,
    )
    return organisation


def read_legal_form(said: str) -> tuple[str, str]:
    """(form, words): one of LegalForm's values as it is, or the form that a written word means."""
    if said in LegalForm.values:
        return said, ""
    if "認定" in said and ("NPO" in said.upper() or "特定非営利活動" in said):
        return LegalForm.CERTIFIED_NPO, said
    if said == "npo":  # what commands and the demonstration said before there was a choice
        return LegalForm.NONE, ""
    return (LegalForm.PUBLIC_INTEREST if said.startswith("公益") else LegalForm.NONE), said
