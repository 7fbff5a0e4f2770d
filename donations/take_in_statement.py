"""Take in a bank's statement: each line once, however often it is read."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from audit.record import record
from donations.models import BankLine, BankStatement, Organisation
from donations.payer_key import payer_key
from donations.read_statement import read_statement
from donations.rules import may_handle_money
from donations.statement import BadRow, Movement
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class Marked:
    """A movement with what makes it one and the same in two files."""

    movement: Movement
    key: str
    fingerprint: str
    occurrence: int


@dataclass(frozen=True)
class Effect:
    """What taking in does: shown before, and the same afterwards."""

    form: str
    new: list[Marked]
    repeated: list[Marked]
    bad: list[BadRow]


def effect_of(*, organisation: Organisation, content: bytes) -> Effect:
    """The dry run: what is new, known or unreadable. Writes nothing. Raises StatementUnreadable."""
    statement = read_statement(content)
    marked = _marked(statement.movements)
    known = set(
        BankLine.objects.filter(
            organisation=organisation, fingerprint__in={one.fingerprint for one in marked}
        ).values_list("fingerprint", "occurrence")
    )
    new = [one for one in marked if (one.fingerprint, one.occurrence) not in known]
    repeated = [one for one in marked if (one.fingerprint, one.occurrence) in known]
    return Effect(statement.form, new, repeated, statement.bad)


@transaction.atomic
def take_in_statement(*, organisation: Organisation, content: bytes, actor: Membership) -> BankStatement:
    """Keep the lines that are new. Rows that could not be read stay out and are counted.

    The organisation is held, so that two who take in the same file at once add it once.
    Raises NotAllowed, StatementUnreadable; nothing is written then.
    """
    require(may_handle_money(actor))
    held = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    effect = effect_of(organisation=held, content=content)
    statement: BankStatement = BankStatement.objects.create(
        organisation=held,
        form=effect.form,
        sha256=hashlib.sha256(content).hexdigest(),
        new_lines=len(effect.new),
        repeated_lines=len(effect.repeated),
        bad_rows=len(effect.bad),
        taken_in_by=actor,
    )
    BankLine.objects.bulk_create(
        BankLine(
            statement=statement,
            organisation=held,
            on=one.movement.on,
            amount_yen=one.movement.amount_yen,
            payer=one.movement.payer[:100],
            payer_key=one.key,
            fingerprint=one.fingerprint,
            occurrence=one.occurrence,
        )
        for one in effect.new
    )
    record(
        "bank_statement.taken_in",
        actor=actor,
        subject=str(statement),
        new=len(effect.new),
        repeated=len(effect.repeated),
        bad=len(effect.bad),
    )
    return statement


def _marked(movements: list[Movement]) -> list[Marked]:
    """Two payments of one payer, day and amount are two lines: they are counted through within the file."""
    seen: Counter[str] = Counter()
    marked = []
    for movement in movements:
        key = payer_key(movement.payer)[:100]
        words = f"{movement.on.isoformat()}|{movement.amount_yen}|{key}"
        fingerprint = hashlib.sha256(words.encode()).hexdigest()
        seen[fingerprint] += 1
        marked.append(Marked(movement, key, fingerprint, seen[fingerprint]))
    return marked
