"""Refusals of the partners' floor. Nothing is written when one is raised, but counts of wrong tries."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class EnrolCodeUnknown(Refused):
    """Mistyped, used, too old or never made: one answer, so that codes cannot be probed."""

    code = "enrol_code_unknown"
    status = 404
    words = _("This code does not open a device. Ask the school's owner for a new code.")


class TooManyWrongCodes(Refused):
    """Too many wrong enrolment codes from this address range, or in this program, within the hour."""

    code = "too_many_wrong_codes"
    status = 429
    words = _("Too many wrong codes were typed. Wait one hour, then ask the school's owner for a new code.")


class TillPaused(Refused):
    """Too many unknown coupon codes from this device within the hour."""

    code = "till_paused"
    status = 429
    words = _("Too many unknown coupon codes came from this device. It can be used again at %(until)s.")


class NotApprovedNow(Refused):
    """The school is suspended, not yet approved, or its approval has ended."""

    code = "provider_not_approved"
    words = _("This school may not take coupons at present. Nothing was taken. Ask the secretariat.")


class NothingToUndo(Refused):
    """No use of today stands on this device."""

    code = "nothing_to_undo"
    words = _("There is no use of today on this device that can be taken back.")


class AlreadyDecided(Refused):
    """The school is in another state than the page showed."""

    code = "already_decided"
    words = _("This school is not in that state any more. Open the list again.")


class NoSuchStaff(Refused):
    """No active counter person with this address in this program."""

    code = "no_such_staff"
    words = _("Nobody with this address works at a counter here. Ask the secretariat to invite them first.")


class ReasonNeeded(Refused):
    """A suspension says why."""

    code = "reason_needed"
    words = _("Write why the school is suspended. It may ask.")
