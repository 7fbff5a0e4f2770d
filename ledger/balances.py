"""What accounts hold, in yen."""

from collections.abc import Iterable

from django.db.models import Sum

from ledger.models import DEBIT_KINDS, GUARDED_KINDS, Account, Balance, Transfer


def balance_yen(account: Account) -> int:
    """The balance on the account's normal side: stored for guarded accounts, else summed."""
    if account.kind in GUARDED_KINDS:
        return int(Balance.objects.get(account=account).balance_yen)
    return balances_yen([account])[account.pk]


def balances_yen(accounts: Iterable[Account]) -> dict[int, int]:
    """Balances by account id, each summed from transfers on its normal side; two queries."""
    accounts = list(accounts)
    ids = [account.pk for account in accounts]
    debits = dict(
        Transfer.objects.filter(debit__in=ids).values_list("debit").annotate(total=Sum("amount_yen"))
    )
    credits = dict(
        Transfer.objects.filter(credit__in=ids).values_list("credit").annotate(total=Sum("amount_yen"))
    )
    answer = {}
    for account in accounts:
        net = credits.get(account.pk, 0) - debits.get(account.pk, 0)
        answer[account.pk] = -net if account.kind in DEBIT_KINDS else net
    return answer


def stored_balances_yen(accounts: Iterable[Account]) -> dict[int, int]:
    """Stored balances of guarded accounts by account id; one query."""
    ids = [account.pk for account in accounts]
    return dict(Balance.objects.filter(account__in=ids).values_list("account", "balance_yen"))
