"""What this floor does when it is told: mails about decisions, and who accepted an invitation."""

from collections.abc import Callable

from families.link_guardian import link_guardian
from families.mails import approved_mail, declined_mail
from families.models import Application, Guardian
from families.tell import tell_guardians
from outbox.handlers import handles
from outbox.mail_kinds import Written
from outbox.models import Message
from programs.models import Invitation, Membership, Program


@handles("application_approved")
def tell_of_approval(message: Message) -> None:
    """The application was approved."""
    _tell_of_decision(message, approved_mail)


@handles("application_declined")
def tell_of_decline(message: Message) -> None:
    """The application was declined."""
    _tell_of_decision(message, declined_mail)


def _tell_of_decision(message: Message, write: Callable[[Program], Written]) -> None:
    application = Application.objects.select_related("child").get(pk=message.about.split(":")[1])
    tell_guardians(message, household_id=application.child.household_id, write=write)


@handles("invitation_accepted_guardian")
def tie_guardian(message: Message) -> None:
    """Who accepted the invitation of a guardian sees the household from now on."""
    link_guardian(
        guardian=Guardian.objects.get(pk=message.facts["guardian_id"]),
        membership=Membership.objects.get(pk=message.facts["membership_id"]),
        invitation=Invitation.objects.get(pk=message.facts["invitation_id"]),
    )
