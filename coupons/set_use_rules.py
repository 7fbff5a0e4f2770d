"""Set the rules of a program year about the money: a new version, for coupons issued from now on."""

from django.db import transaction

from audit.record import record
from coupons.errors import ReasonMissing, SomeoneWasFaster
from coupons.models import UseRules
from coupons.rules import may_set_use_rules
from coupons.use_rules import Rules, check_rules, columns_of, newest_rules
from kernel.clock import now
from programs.models import Membership, ProgramYear
from programs.rules import require


@transaction.atomic
def set_use_rules(
    *, year: ProgramYear, rules: Rules, reason: str, seen_version: int, actor: Membership
) -> UseRules:
    """Write the next version. Coupons that were issued keep the version they were issued under.

    seen_version  the version that the person looked at, 0 for none: who was overtaken is told
    Setting what holds already writes nothing. Raises ReasonMissing, SomeoneWasFaster, RulesNotInOrder,
    WindowOutsideYear, CapTooSmall; nothing is written then.
    """
    require(may_set_use_rules(actor))
    year = ProgramYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    if not reason.strip():
        raise ReasonMissing
    before = newest_rules(year)
    check_rules(rules, year)
    columns = columns_of(rules)
    if before and all(getattr(before, name) == value for name, value in columns.items()):
        return before
    version = before.version if before else 0
    if version != seen_version:
        raise SomeoneWasFaster
    made: UseRules = UseRules.objects.create(
        year=year, version=version + 1, reason=reason.strip(), set_by=actor, set_at=now(), **columns
    )
    record("use_rules.set", actor=actor, subject=f"year:{year.pk}", version=made.version)
    return made
