"""Approve an application: the child may get a coupon."""

from django.db import transaction

from audit.record import record
from families.errors import AlreadyDecided
from families.models import Application
from families.rules import may_decide
from kernel.clock import now
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def approve(*, application: Application, actor: Membership) -> Application:
    """The family is told; the coupon itself is issued later, from a fund.

    Raises AlreadyDecided; nothing is written then.
    """
    require(may_decide(actor))
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    check_open(application)

    application.state = Application.State.APPROVED
    application.decided_at, application.decided_by = now(), actor
    application.save(update_fields=["state", "decided_at", "decided_by"])
    subject = f"application:{application.pk}"
    record("application.approved", actor=actor, subject=subject)
    put("application_approved", about=subject)
    return application


def check_open(application: Application) -> None:
    """Only what waits can be decided. To change a decision later is another act."""
    if application.state != Application.State.APPLIED:
        raise AlreadyDecided
