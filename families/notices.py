"""What this floor does when it is told: mails about decisions, and who accepted an invitation."""

from django.utils.translation import gettext_lazy as _

from families.link_guardian import link_guardian
from families.models import Application, Guardian
from families.tell import tell_guardians
from outbox.handlers import handles
from outbox.models import Message
from programs.models import Invitation, Membership


@handles("application_approved")
def tell_of_approval(message: Message) -> None:
    """The application was approved."""
    _tell_of_decision(message, "families/mail/approved.txt")


@handles("application_declined")
def tell_of_decline(message: Message) -> None:
    """The application was declined."""
    _tell_of_decision(message, "families/mail/declined.txt")


def _tell_of_decision(message: Message, template: str) -> None:
    application = Application.objects.select_related("child").get(pk=message.about.split(":")[1])
    tell_guardians(
        message,
        household_id=application.child.household_id,
        subject=_("Notice about your application"),
        template=template,
    )


@handles("invitation_accepted_guardian")
def tie_guardian(message: Message) -> None:
    """Who accepted the invitation of a guardian sees the household from now on."""
    link_guardian(
        guardian=Guardian.objects.get(pk=message.facts["guardian_id"]),
        membership=Membership.objects.get(pk=message.facts["membership_id"]),
        invitation=Invitation.objects.get(pk=message.facts["invitation_id"]),
    )
