"""A device trades its code for a secret of its own."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q

from audit.record import record
from kernel.clock import now
from kernel.codes import read_code
from kernel.japanese import typed_code
from partners.errors import EnrolCodeUnknown, TooManyWrongCodes
from partners.models import Device, WrongEnrolCode
from partners.queries import hashed
from programs.models import Program
from programs.scoping import current_program_id

TOKEN_BYTES = 32
MOST_WRONG_CODES = 10  # an hour, from one address range: nobody mistypes more often
# An hour, in one program, from wherever they come. High, for whoever reaches it shuts everybody out;
# a code of 55 bits that lives 15 minutes is as safe behind a thousand guesses as behind ten.
MOST_IN_PROGRAM = 1_000
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class EnrolledDevice:
    """The device and its secret, of which only the SHA-256 is stored."""

    device: Device
    token: str


def enrol_device(*, code: str, kind: Device.Kind, came_from: str = "") -> EnrolledDevice:
    """The device that waits for `code` gets a token of 256 bits; the code is used up.

    Nobody needs to be signed in: whoever holds the code may, within its 15 minutes. `came_from` is the
    sender's address range; wrong codes from one range do not close the door for the others.
    Raises TooManyWrongCodes, and EnrolCodeUnknown for every code that does not open a device of that
    kind; the try is then counted. Not atomic as a whole: the count must outlive the refusal.
    """
    _count_tries(came_from)
    device = _take(code, kind)
    if device is None:
        WrongEnrolCode.objects.create(typed_at=now(), came_from=came_from)
        raise EnrolCodeUnknown
    return device


def _count_tries(came_from: str) -> None:
    # The program's row is held until the transaction ends, so that parallel tries are counted one by one.
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=current_program_id())
    tries = WrongEnrolCode.objects.filter(typed_at__gt=now() - WINDOW)
    counted = tries.aggregate(all=Count("id"), here=Count("id", filter=Q(came_from=came_from)))
    if counted["here"] >= MOST_WRONG_CODES or counted["all"] >= MOST_IN_PROGRAM:
        raise TooManyWrongCodes


@transaction.atomic
def _take(code: str, kind: Device.Kind) -> EnrolledDevice | None:
    meant = read_code(typed_code(code))
    if meant is None:
        return None
    device = (
        Device.objects.select_for_update(of=("self",))
        .filter(enrol_code_hash=hashed(meant), enrol_until__gt=now(), revoked_at__isnull=True, kind=kind)
        .first()
    )
    if device is None:
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device.token_hash = hashed(token)
    device.enrol_code_hash = ""
    device.enrolled_at = now()
    device.save(update_fields=["token_hash", "enrol_code_hash", "enrolled_at"])
    record("device.enrolled", actor=None, subject=f"device:{device.pk}", classroom_id=device.classroom_id)
    return EnrolledDevice(device=device, token=token)
