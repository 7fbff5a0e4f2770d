"""Hold an account still: the lock that a verb takes before it looks at money and then moves it."""

from django.db import connection

from ledger.models import Account


def hold_yen(account_id: int) -> int:
    """What a coupon or fund holds, in yen; nobody else moves it until the transaction ends.

    Order, always: coupon before fund before application; several of a kind by id.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold(%s)", [account_id])
        held = cursor.fetchone()[0]
    if held is None:
        raise Account.DoesNotExist
    return int(held)


def hold_account(account: Account) -> None:
    """Hold an account that keeps no stored balance, so that two who look at its sum and then take from it
    do not both take the same yen. Transfers of others into and out of it do not wait."""
    Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
