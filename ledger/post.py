"""Move money between two accounts. The only way to."""

from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.errors import AnotherTransfer, NotEnoughMoney
from ledger.models import Account, Transfer
from programs.scoping import current_program_id

POST = "SELECT ledger_post(%s, %s, %s, %s, %s::smallint, %s)"


def post(
    *,
    debit: Account,
    credit: Account,
    amount_yen: int,
    source: str,
    leg: int = 1,
    reverses: int | None = None,
) -> int:
    """Move `amount_yen` from `debit` to `credit`, once per (source, leg), and return the transfer's id.

    A repeat of the same movement moves nothing and returns the first one's id. Needs an open
    transaction with a program.
    Raises NotEnoughMoney when a guarded account would go below zero, AnotherTransfer when the
    source was posted with another body; nothing is written then.
    """
    current_program_id()
    arguments: list[int | str | None] = [debit.pk, credit.pk, amount_yen, source, leg, reverses]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(POST, arguments)
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        if "balance_never_negative" in str(error):
            raise NotEnoughMoney from error
        raise
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") == "SC003":
            raise AnotherTransfer from error
        raise


def post_reversal(*, of_source: str, source: str) -> None:
    """Undo every leg of `of_source` by a reverse transfer that names it, each at most once."""
    for done in Transfer.objects.filter(source=of_source).select_related("debit", "credit").order_by("leg"):
        post(
            debit=done.credit,
            credit=done.debit,
            amount_yen=done.amount_yen,
            source=source,
            leg=done.leg,
            reverses=done.pk,
        )
