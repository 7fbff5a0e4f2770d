"""Early fraud warnings: a card company suspects a charge, days before its holder disputes it."""

from __future__ import annotations

from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.store import Object, new_id

KIND = "radar.early_fraud_warning"
FRAUD_TYPES = (
    "card_never_received", "fraudulent_card_application", "made_with_counterfeit_card", "made_with_lost_card",
    "made_with_stolen_card", "misc", "unauthorized_use_of_card",
)  # fmt: skip


def warn(books: Books, charge_id: str, *, fraud_type: str = "unauthorized_use_of_card") -> Object:
    """One per charge. `actionable` while a refund could still prevent the dispute."""
    charge = books.need("charge", charge_id, param="charge")
    if fraud_type not in FRAUD_TYPES:
        raise ApiError(f"fraud_type is one of {', '.join(FRAUD_TYPES)}.", param="fraud_type")
    if charge["_method"] != "card" or books.having(KIND, "charge", charge_id):
        raise ApiError(f"Charge {charge_id} is no card's, or was warned of before.", param="charge")
    warning = books.put(
        KIND,
        {
            "id": new_id("issfr"),
            "object": KIND,
            "actionable": not charge["disputed"] and not charge["refunded"],
            "charge": charge_id,
            "created": books.now,
            "fraud_type": fraud_type,
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        },
    )
    emit(books, f"{KIND}.created", warning)
    return warning


def calm(books: Books, charge_id: str) -> None:
    """The charge went back or is disputed: nothing is left to do about its warning."""
    for warning in books.having(KIND, "charge", charge_id):
        if warning["actionable"]:
            warning = books.put(KIND, {**warning, "actionable": False})
            emit(books, f"{KIND}.updated", warning, previous={"actionable": True})
