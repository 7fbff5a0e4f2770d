"""Lists stay quick when they are long, and right when rows move between filters."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from stripe_standin.books import Books
from stripe_standin.bulk import make
from stripe_standin.listing import list_answer
from stripe_standin.shelves import Shelf, packed
from stripe_standin.store import Store
from tests.stripe_standin.conftest import KEY
from tests.stripe_standin.running import Standin


def shelf_of(*rows: dict[str, Any], kind: str = "balance_transaction") -> Shelf:
    shelf = Shelf(kind)
    for row in rows:
        shelf.put(row["id"], packed({"_payout": None, "source": None, "type": "charge", **row}))
    return shelf


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


def test_a_walk_goes_down_from_a_cursor_and_up_again() -> None:
    shelf = shelf_of(*({"id": name, "created": place} for place, name in enumerate("abcdef")))

    assert ids(shelf.walk()) == list("fedcba")
    assert ids(shelf.walk(cursor="d")) == list("cba")
    assert ids(shelf.walk(cursor="d", back=True)) == list("ef")
    assert ids(shelf.walk(created=(1, 3))) == list("dcb")


def test_an_index_follows_changes_and_drops() -> None:
    shelf = shelf_of(*({"id": name, "created": 1} for name in "abc"))
    for name in "cab":
        shelf.put(
            name, packed({"id": name, "created": 1, "_payout": "po_1", "source": None, "type": "charge"})
        )

    assert ids(shelf.walk(found=("payout", "po_1"))) == list("cba")
    assert ids(shelf.having("open", True)) == []
    shelf.drop("b")
    assert ids(shelf.walk(found=("payout", "po_1"))) == list("ca")
    assert ids(shelf.walk()) == list("ca")


def test_what_waits_for_the_clock_comes_soonest_first_and_only_once() -> None:
    rows = [
        {"id": f"in_{at}", "created": 1, "next_payment_attempt": at, "_subscription": "sub"}
        for at in (30, 10)
    ]
    shelf = Shelf("invoice")
    for row in rows:
        shelf.put(str(row["id"]), packed(row))

    assert (shelf.next_due(), ids(shelf.due(9)), ids(shelf.due(30))) == (10, [], ["in_10", "in_30"])
    shelf.put("in_10", packed({**rows[1], "next_payment_attempt": None}))
    assert ids(shelf.due(99)) == ["in_30"]
    shelf.drop("in_30")
    assert shelf.next_due() is None


def test_a_clock_that_went_back_hides_nothing() -> None:
    shelf = shelf_of({"id": "a", "created": 900}, {"id": "b", "created": 100})

    assert ids(shelf.walk(created=(50, 200))) == list("ba")  # a hint: the caller still looks at each
    shelf.put("c", packed({"id": "c", "created": 950, "_payout": None, "source": None, "type": "charge"}))
    assert ids(shelf.walk(created=(901, None))) == ["c"]


def test_a_change_undone_leaves_the_indexes_as_they_were(tmp_path: Path) -> None:
    store = Store(tmp_path)
    row = {"id": "txn_1", "created": 1, "_payout": None, "source": None, "type": "charge"}
    with store.change():
        store.put("acct_1", "balance_transaction", row)
    try:
        with store.change():
            store.put("acct_1", "balance_transaction", {**row, "_payout": "po_1"})
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    assert store.having("acct_1", "balance_transaction", "payout", "po_1") == []
    assert ids(store.having("acct_1", "balance_transaction", "open")) == ["txn_1"]


def test_a_page_of_a_long_list_reads_only_itself(tmp_path: Path) -> None:
    """Reading all 20,000 rows takes 100 ms and more on any machine; a page takes two."""
    store = Store(tmp_path)
    books = Books(store, "acct_1")
    make(books, count=20_000)
    deep = store.all("acct_1", "balance_transaction")[100]["id"]

    fastest = 1.0
    for _ in range(5):
        started = time.perf_counter()
        asked = {"limit": "100", "starting_after": deep, "type": "charge", "created": {"gte": "1000"}}
        page = list_answer(books, "balance_transaction", asked, url="", filters=("type",))
        fastest = min(fastest, time.perf_counter() - started)

    assert (len(page["data"]), page["has_more"]) == (100, False)
    assert fastest < 0.03


def test_bulk_charges_are_settled_and_paid_out(standin: Standin, client: Any) -> None:
    made = standin.control("bulk_charges", {"key": KEY, "count": 2_500, "amount": 2_000, "ids": True})
    named = standin.control("bulk_charges", {"key": KEY, "references": ["gift-7", "gift-8"]})
    payout = standin.control("payouts", {"key": KEY})

    assert (made["count"], named["count"], payout["amount"]) == (2_500, 2, 2_500 * 1_928 + 2 * 964)
    rows = list(
        client.v1.balance_transactions.list({"payout": payout["id"], "limit": 100}).auto_paging_iter()
    )
    assert len({row.id for row in rows}) == 2_503
    assert [charge.metadata["donation"] for charge in client.v1.charges.list({"limit": 2}).data] == [
        "gift-8",
        "gift-7",
    ]
    charge_id, intent_id, booked_id = made["charges"][0]
    charge = client.v1.charges.retrieve(charge_id)
    assert (charge.payment_intent, charge.balance_transaction) == (intent_id, booked_id)
