"""Say what the receipts of an organisation state about it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit.record import record
from donations.models import Organisation, ReceiptAsk
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


@transaction.atomic
def set_receipt_words(
    *, organisation: Organisation, stated: Mapping[str, Any], actor: Membership
) -> Organisation:
    """Change what new receipts say. Those that went out keep their words, their copies too.

    stated: some or all of STATED. The trail keeps which of them changed. Raises NotAllowed.
    """
    require(may_issue_receipts(actor))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    changed = [name for name in STATED if name in stated and getattr(organisation, name) != stated[name]]
    if not changed:
        return organisation
    for name in changed:
        setattr(organisation, name, stated[name])
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
