"""Many settled charges at once, for measurements: charges and their balance transactions, no events."""

from __future__ import annotations

from typing import Any

from stripe_standin import charges, payment_methods
from stripe_standin.books import Books
from stripe_standin.cards import CARDS
from stripe_standin.methods import METHODS
from stripe_standin.money import Movement, move
from stripe_standin.store import Object, new_id

PIECE = 2_000  # charges in one line of the journal


def make(
    books: Books, *, count: int, amount_yen: int = 1_000, references: list[str] | None = None
) -> list[list[str]]:
    """Returns [charge, payment intent, balance transaction] of each.

    The payment intents are ids and no more. references: one per charge, into its metadata as `donation`.
    """
    made: list[list[str]] = []
    with books.store.change():
        method = payment_methods.of_card(books, CARDS["4242424242424242"], email="donor@example.jp")
    while len(made) < count:
        with books.store.change():
            for place in range(len(made), min(len(made) + PIECE, count)):
                metadata = {"donation": references[place]} if references else {}
                made.append(_settled(books, method, amount_yen, metadata))
    return made


def _settled(books: Books, method: Object, amount_yen: int, metadata: dict[str, Any]) -> list[str]:
    blank = ("customer", "description", "receipt_email", "statement_descriptor", "transfer_group")
    intent: Object = {"id": new_id("pi"), "amount": amount_yen, "metadata": metadata}
    intent.update(dict.fromkeys((*blank, "statement_descriptor_suffix")))
    charge = charges.succeeded(books, intent, method=method)
    fee_yen = METHODS["card"].fee_yen(amount_yen)
    booked = move(books, Movement("charge", "charge", amount_yen, charge["id"], fee_yen))
    books.put("charge", {**charge, "balance_transaction": booked["id"], "_settle_at": None})
    return [charge["id"], intent["id"], booked["id"]]
