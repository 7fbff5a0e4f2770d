"""Make a place for a device, and the code that lets one device take it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from audit.record import record
from kernel.clock import now
from kernel.codes import new_code
from partners.models import Classroom, Device
from partners.queries import hashed
from partners.rules import may_run
from programs.models import Membership
from programs.rules import require

CODE_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class AddedDevice:
    """The device and its code, which is stored nowhere and shown once."""

    device: Device
    code: str


@transaction.atomic
def add_device(*, classroom: Classroom, label: str, kind: Device.Kind, actor: Membership) -> AddedDevice:
    """A device of this classroom that waits 15 minutes for its code to be typed on it."""
    require(may_run(actor, classroom.provider))
    code = new_code()
    device = Device.objects.create(
        classroom=classroom,
        label=label,
        kind=kind,
        acts_as=actor,
        enrol_code_hash=hashed(code),
        enrol_until=now() + CODE_LASTS,
    )
    record("device.added", actor=actor, subject=f"device:{device.pk}", classroom_id=classroom.pk)
    return AddedDevice(device=device, code=code)
