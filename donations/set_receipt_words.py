"""Say what the receipts of an organisation state about it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit.record import record
from donations.errors import LegalFormDiffers
from donations.models import LegalForm, Organisation, ReceiptAsk
from donations.rules import may_issue_receipts
from outbox.put import put
from programs.models import Membership
from programs.rules import require

STATED = (
    "legal_form",
    "legal_form_words",
    "receipt_address",
    "representative",
    "certification_number",
    "certified_on",
    "certified_from",
    "certified_until",
    "local_tax",
    "receipt_date_policy",
)

# What only this form may call itself; the others must not.
MARKS = {LegalForm.CERTIFIED_NPO: "認定", LegalForm.PUBLIC_INTEREST: "公益"}


@transaction.atomic
def set_receipt_words(
    *, organisation: Organisation, stated: Mapping[str, Any], actor: Membership
) -> Organisation:
    """Change what new receipts say. Those that went out keep their words, their copies too.

    stated: some or all of STATED. The trail keeps which of them changed.
    Raises NotAllowed, LegalFormDiffers; nothing is written then.
    """
    require(may_issue_receipts(actor))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    changed = [name for name in STATED if name in stated and getattr(organisation, name) != stated[name]]
    if not changed:
        return organisation
    for name in changed:
        setattr(organisation, name, stated[name])
    check_legal_form(organisation.legal_form, organisation.legal_form_words)
    organisation.save(update_fields=changed)
    record(
        "organisation.receipt_words_set",
        actor=actor,
        subject=f"organisation:{organisation.pk}",
        changed=changed,
    )
    for ask in ReceiptAsk.objects.filter(organisation=organisation, receipts=None):
        put("receipt_asked", about=f"receipt_ask:{ask.pk}", ask_id=ask.pk)  # it may be complete now
    return organisation


def check_legal_form(form: str, words: str) -> None:
    """Raises LegalFormDiffers where the words claim another form, or not the one that is chosen."""
    wanted = MARKS.get(LegalForm(form), "")
    others = [mark for mark in MARKS.values() if mark != wanted]
    if words and (wanted not in words or any(mark in words for mark in others)):
        raise LegalFormDiffers
