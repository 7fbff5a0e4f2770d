"""One account's books, seen by one call: what each noun's file reads and writes through."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from stripe_standin.errors import ApiError, missing
from stripe_standin.store import Object, Store

KINDS = {  # id prefix -> kind; the kind is also the word in "No such ..."
    "cus": "customer",
    "cs": "checkout.session",
    "seti": "setup_intent",
    "sub": "subscription",
    "in": "invoice",
    "inpay": "invoice_payment",
    "prod": "product",
    "price": "price",
    "bps": "billing_portal.session",
    "pi": "payment_intent",
    "ch": "charge",
    "py": "charge",
    "pm": "payment_method",
    "re": "refund",
    "pyr": "refund",
    "ccsbtxn": "customer_cash_balance_transaction",
    "txn": "balance_transaction",
    "po": "payout",
    "du": "dispute",
    "issfr": "radar.early_fraud_warning",
    "evt": "event",
    "we": "webhook_endpoint",
}


@dataclass(frozen=True)
class Books:
    """The account, and which request (if any) caused the change; events name both.

    at: the second that counts as now, for what fell due while the clock was moved past it.
    """

    store: Store
    account: str
    request_id: str | None = None
    idempotency_key: str | None = None
    at: int | None = None

    @property
    def now(self) -> int:
        return self.store.now() if self.at is None else self.at

    def put(self, kind: str, row: Object) -> Object:
        self.store.put(self.account, kind, row)
        return row

    def find(self, kind: str, object_id: str | None) -> Object | None:
        return self.store.get(self.account, kind, object_id) if object_id else None

    def need(self, kind: str, object_id: str, *, param: str = "id") -> Object:
        row = self.find(kind, object_id)
        if row is None:
            raise missing(kind, object_id, param=param)
        return row

    def all(self, kind: str) -> list[Object]:
        return self.store.all(self.account, kind)

    def having(self, kind: str, index: str, value: Hashable = True) -> list[Object]:
        """Oldest first: by an index of shelves.INDEXES, without reading the rest."""
        return self.store.having(self.account, kind, index, value)

    def due(self, kind: str, now: float | None = None) -> list[Object]:
        """Soonest first: what shelves.DUE says the clock has reached."""
        return self.store.shelf(self.account, kind).due(self.now if now is None else now)

    def where(self, kind: str, wanted: Callable[[Object], bool]) -> list[Object]:
        return self.store.where(self.account, kind, wanted)


def account_of(key: str) -> str:
    """Which account a secret key opens. The same key always opens the same account.

    Raises ApiError 401 for no key, a live key and a key of another form.
    """
    if key.startswith(("sk_live_", "rk_live_")):
        message = "This is a test stand-in: it refuses live keys. No request was sent to Stripe."
        raise ApiError(message, status=401, code="livemode_mismatch")
    if not key.startswith("sk_test_") or len(key) < len("sk_test_") + 3:
        shown = f"{key[:8]}***" if key else "none"
        raise ApiError(f"Invalid API Key provided: {shown}", status=401)
    return "acct_" + hashlib.sha256(key.encode()).hexdigest()[:16]


def shown(row: Object) -> Object:
    """A row without the fields that are only ours; they begin with an underscore."""
    return {name: value for name, value in row.items() if not name.startswith("_")}
