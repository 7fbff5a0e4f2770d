"""Whole yen. Money is an int; rates are per-mille ints; nothing here is a float."""


def share_yen(amount_yen: int, per_mille: int) -> int:
    """`per_mille` thousandths of `amount_yen`, rounded down, so that shares never exceed the whole.

    Raises ValueError for a negative amount or a rate outside 0 to 1000.
    """
    if amount_yen < 0 or not 0 <= per_mille <= 1000:
        raise ValueError("amounts are zero or more, rates from 0 to 1000 per mille")
    return amount_yen * per_mille // 1000


def written_yen(amount_yen: int) -> str:
    """12345 -> '12,345'. The unit is put beside it by the page, in the reader's language."""
    return f"{amount_yen:,}"
