"""Who may do what on the partners' floor. Each first line is to be read aloud to a field worker."""

from datetime import date

from kernel.clock import today
from partners.models import Device, Provider
from partners.queries import Counter
from programs.models import Membership, Role
from programs.rules import is_role


def may_decide_on_schools(actor: Membership | None) -> bool:
    """The secretariat lets schools in and stops them."""
    return is_role(actor, Role.OFFICE)


def may_apply(actor: Membership | None) -> bool:
    """A school's owner applies; the secretariat may enter a paper application."""
    return is_role(actor, Role.OFFICE, Role.PROVIDER_ADMIN)


def may_run(actor: Membership | None, provider: Provider) -> bool:
    """The owners of this school, and the secretariat, run its devices and staff."""
    if actor is None or actor.program_id != provider.program_id:
        return False
    if is_role(actor, Role.OFFICE):
        return True
    return is_role(actor, Role.PROVIDER_ADMIN) and provider.owners.filter(membership=actor).exists()


def is_approved(provider: Provider, on: date) -> bool:
    """Approved, and the approval still lasts on that Japanese day."""
    return (
        provider.state == Provider.State.APPROVED
        and provider.approved_until is not None
        and provider.approved_until >= on
    )


def may_work_at(actor: Membership | None, counter: Counter) -> bool:
    """Counter staff of this classroom, on a tablet enrolled for it and not revoked.

    A school's own till system acts in the name of the person who added it.
    """
    device = counter.device
    if actor is None or device is None or not counter.classroom.is_open:
        return False
    if len({actor.program_id, device.program_id, counter.classroom.program_id}) > 1:
        return False
    if (
        device.classroom_id != counter.classroom.pk
        or device.token_hash is None
        or device.revoked_at is not None
    ):
        return False
    if device.kind == Device.Kind.SYSTEM:
        return is_role(actor, Role.OFFICE, Role.PROVIDER_ADMIN) and actor.pk == device.acts_as_id
    return is_role(actor, Role.COUNTER) and actor.pk == counter.staff_id


def may_redeem_at(actor: Membership | None, counter: Counter) -> bool:
    """Whoever may work at this counter, while the school's approval lasts."""
    return may_work_at(actor, counter) and is_approved(counter.classroom.provider, today())
