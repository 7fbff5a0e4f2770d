"""Make the paper of a receipt again: the same number and words, marked as a copy."""

from django.db import transaction
from django.db.models import Max

from audit.record import record
from donations.errors import ReceiptCancelled
from donations.issue_receipt import keep_paper
from donations.models import Receipt, ReceiptPaper
from donations.receipt_words import words_of_copy
from donations.rules import may_issue_receipts
from kernel.clock import today
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def reissue_receipt(*, receipt: Receipt, reason: str, actor: Membership) -> ReceiptPaper:
    """Make another copy; who made it, when and why stays in the trail. The first paper is kept as it is.

    Raises NotAllowed, ReceiptCancelled; nothing is written then.
    """
    require(may_issue_receipts(actor))
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if not receipt.is_valid:
        raise ReceiptCancelled
    copy = receipt.papers.aggregate(last=Max("copy"))["last"] + 1
    paper = keep_paper(receipt, words_of_copy(receipt.words, today()), copy=copy, actor=actor)
    record("receipt.reissued", actor=actor, subject=f"receipt:{receipt.pk}", copy=copy, reason=reason)
    put("receipt_issued", about=f"receipt:{receipt.pk}", receipt_id=receipt.pk)
    return paper
