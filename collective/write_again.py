"""Say that mails go to an address again: it was corrected, or its reader wants them after all."""

from django.db import IntegrityError, transaction

from audit.record import record
from collective.errors import ReasonMissing
from collective.rules import may_write_again
from outbox.models import MailAgain, MailReturn
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def write_again(*, returned: MailReturn, reason: str, actor: Membership) -> MailAgain:
    """What came back from the address before no longer counts. Mails that were held back are not sent anew.

    Twice for the same return is the same as once. Raises NotAllowed, ReasonMissing; nothing is written then.
    """
    require(may_write_again(actor))
    if not reason.strip():
        raise ReasonMissing
    facts = {"address_key": returned.address_key, "reason": reason.strip()[:200], "by": actor}
    try:
        with transaction.atomic():  # of two at once the second one meets the constraint
            again: MailAgain = MailAgain.objects.create(last_return=returned, **facts)
    except IntegrityError:
        return MailAgain.objects.get(last_return=returned)  # type: ignore[no-any-return]
    record("mail_address.again", actor=actor, subject=str(returned))
    return again
