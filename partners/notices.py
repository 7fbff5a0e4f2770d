"""What happens after the outbox in this floor: people who accepted an invitation are tied to their school."""

from audit.record import record
from outbox.handlers import handles
from outbox.models import Message
from partners.models import Classroom, ClassroomStaff, Provider, ProviderOwner
from programs.models import Membership


@handles("invitation_accepted_provider_owner")
def tie_owner(message: Message) -> None:
    """Who accepted the invitation of a school's owner runs that school from now on."""
    member = Membership.objects.get(pk=message.facts["membership_id"])
    provider = Provider.objects.get(pk=message.facts["provider_id"])
    _, is_new = ProviderOwner.objects.get_or_create(provider=provider, membership=member)
    if is_new:
        record("owner.added", actor=member, subject=f"provider:{provider.pk}", membership_id=member.pk)


@handles("invitation_accepted_classroom_staff")
def tie_staff(message: Message) -> None:
    """Who accepted the invitation of a counter takes coupons there from now on.

    Not through add_staff(): the invitation was the permission, and whoever sent it may have left.
    """
    member = Membership.objects.get(pk=message.facts["membership_id"])
    classroom = Classroom.objects.get(pk=message.facts["classroom_id"])
    _, is_new = ClassroomStaff.objects.get_or_create(classroom=classroom, membership=member)
    if is_new:
        record("staff.added", actor=member, subject=f"classroom:{classroom.pk}", membership_id=member.pk)
