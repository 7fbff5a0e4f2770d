"""A person takes coupons at a classroom from here on."""

from django.db import transaction

from audit.record import record
from partners.errors import NoSuchStaff
from partners.models import Classroom, ClassroomStaff
from partners.rules import may_run
from programs.models import Membership, Role
from programs.rules import is_role, require


@transaction.atomic
def add_staff(*, classroom: Classroom, person: Membership | None, actor: Membership) -> ClassroomStaff:
    """Ties a counter membership of this program to a classroom. A second time changes nothing.

    Raises NoSuchStaff unless `person` is an active counter membership.
    """
    require(may_run(actor, classroom.provider))
    if person is None or not is_role(person, Role.COUNTER):
        raise NoSuchStaff
    staff: ClassroomStaff
    staff, is_new = ClassroomStaff.objects.get_or_create(classroom=classroom, membership=person)
    if is_new:
        record("staff.added", actor=actor, subject=f"classroom:{classroom.pk}", membership_id=person.pk)
    return staff
