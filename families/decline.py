"""Decline an application."""

from django.db import transaction

from audit.record import record
from families.approve import check_open
from families.models import Application
from families.rules import may_decide
from kernel.clock import now
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def decline(*, application: Application, actor: Membership) -> Application:
    """The family is told that someone will speak with them; why is not written anywhere here.

    Raises AlreadyDecided; nothing is written then.
    """
    require(may_decide(actor))
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    check_open(application)

    application.state = Application.State.DECLINED
    application.decided_at, application.decided_by = now(), actor
    application.save(update_fields=["state", "decided_at", "decided_by"])
    subject = f"application:{application.pk}"
    record("application.declined", actor=actor, subject=subject)
    put("application_declined", about=subject)
    return application
