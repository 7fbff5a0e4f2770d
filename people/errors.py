"""Refusals of inviting and joining."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class AlreadyMember(Refused):
    """The person has that role already."""

    code = "already_member"
    words = _("This person has this role already. Nothing was sent.")


class InvitationOver(Refused):
    """Unknown, accepted, replaced or too old: one answer, so that links cannot be tried out."""

    code = "invitation_over"
    status = 410
    words = _("This invitation can no longer be used. Please ask the secretariat to send a new one.")


class PasswordMissing(Refused):
    """Staff need a password."""

    code = "password_missing"
    status = 422
    words = _("Please choose a password of 15 characters or more.")


class AccountClosed(Refused):
    """The account was closed for all programs."""

    code = "account_closed"
    words = _("This account is closed. Please speak to the secretariat.")


class NotYourself(Refused):
    """Nobody takes away their own role: the last one of the office would lock everybody out."""

    code = "not_yourself"
    words = _("You cannot take away your own role. Please ask a colleague.")


class InvitedByYou(Refused):
    """One person with two addresses would be both halves of every act that needs two."""

    code = "invited_by_you"
    words = _("You invited this person yourself. A colleague of the secretariat has to approve it.")


class InvitationAccepted(Refused):
    """Who has joined already is not kept out by this."""

    code = "invitation_accepted"
    words = _("This person has joined already. End their role in the list of those who work here.")
