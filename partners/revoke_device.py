"""A lost or retired device is dead at once."""

from django.db import transaction

from audit.record import record
from kernel.clock import now
from partners.models import Device
from partners.rules import may_run
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def revoke_device(*, device: Device, actor: Membership) -> Device:
    """Its token and its unused code open nothing from here on. A second time changes nothing."""
    require(may_run(actor, device.classroom.provider))
    held: Device = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if held.revoked_at is None:
        held.revoked_at = now()
        held.enrol_code_hash = ""
        held.save(update_fields=["revoked_at", "enrol_code_hash"])
        record("device.revoked", actor=actor, subject=f"device:{held.pk}")
    return held
