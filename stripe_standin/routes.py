"""Which path of the API does what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stripe_standin import (
    bank_transfers,
    cash_balances,
    customers,
    disputes,
    endpoints,
    intents,
    invoices,
    off_session,
    payment_methods,
    portal,
    prices,
    refunds,
    renewals,
    sessions,
    setups,
    subscriptions,
)
from stripe_standin.books import Books, shown
from stripe_standin.errors import ApiError
from stripe_standin.listing import list_answer, page
from stripe_standin.merchants import account_answer
from stripe_standin.money import balance
from stripe_standin.params import Params, choice, only, required
from stripe_standin.store import Object


@dataclass(frozen=True)
class Call:
    books: Books
    params: Params
    ids: list[str]
    base_url: str


Act = Callable[[Call], Object | ApiError]


def _retrieve(kind: str) -> Act:
    return lambda call: shown(call.books.need(kind, call.ids[0]))


def _list(kind: str, *filters: str) -> Act:
    def act(call: Call) -> Object:
        return list_answer(call.books, kind, call.params, url=PATHS[kind], filters=filters)

    return act


def _list_subscriptions(call: Call) -> Object:
    """Without a status the canceled ones are left out, as at Stripe."""
    params = dict(call.params)
    status = choice(params, "status", subscriptions.STATUSES, None)
    params.pop("status", None)
    wanted = "canceled" if status == "ended" else status

    def also(row: Object) -> bool:
        return wanted == "all" or (row["status"] == wanted if wanted else row["status"] != "canceled")

    kind, filters = "subscription", ("customer",)
    return list_answer(call.books, kind, params, url=PATHS[kind], filters=filters, also=also)


def _invoice_lines(call: Call) -> Object:
    rows = call.books.need("invoice", call.ids[0])["lines"]["data"]
    return page(rows, call.params, url=f"/v1/invoices/{call.ids[0]}/lines")


def _customers_methods(call: Call) -> Object:
    kind = "payment_method"
    params = {**call.params, "customer": call.ids[0]}
    return list_answer(call.books, kind, params, url=PATHS[kind], filters=("customer", "type"))


def _create_intent(call: Call) -> Object | ApiError:
    intent = off_session.create(call.books, call.params)
    return off_session.refusal_of(call.books, intent) or intent


def _confirm_intent(call: Call) -> Object | ApiError:
    intent = off_session.confirm(call.books, call.ids[0], call.params)
    return off_session.refusal_of(call.books, intent) or intent


def _create_setup(call: Call) -> Object | ApiError:
    setup = setups.create(call.books, call.params)
    return setups.refusal_of(setup) or setup


def _confirm_setup(call: Call) -> Object | ApiError:
    setup = setups.confirm(call.books, call.ids[0], call.params)
    return setups.refusal_of(setup) or setup


def _cash_transactions(call: Call) -> Object:
    call.books.need("customer", call.ids[0])
    rows = [shown(row) for row in reversed(call.books.having(cash_balances.KIND, "customer", call.ids[0]))]
    return page(rows, call.params, url=f"/v1/customers/{call.ids[0]}/cash_balance_transactions")


def _cancel_intent(call: Call) -> Object:
    intent = intents.cancel(call.books, call.ids[0], call.params)
    bank_transfers.give_back(call.books, intent)
    return intent


def _attach(call: Call) -> Object:
    only(call.params, {"customer", "expand"})
    method = payment_methods.known(call.books, call.ids[0])
    return payment_methods.attach(call.books, method, required(call.params, "customer"))


def _line_items(call: Call) -> Object:
    items = [shown(item) for item in sessions.line_items(call.books, call.ids[0])]
    return page(items, call.params, url=f"/v1/checkout/sessions/{call.ids[0]}/line_items")


PATHS = {
    "customer": "/v1/customers",
    "checkout.session": "/v1/checkout/sessions",
    "payment_intent": "/v1/payment_intents",
    "payment_method": "/v1/payment_methods",
    "setup_intent": "/v1/setup_intents",
    "subscription": "/v1/subscriptions",
    "invoice": "/v1/invoices",
    "invoice_payment": "/v1/invoice_payments",
    "product": "/v1/products",
    "price": "/v1/prices",
    "charge": "/v1/charges",
    "refund": "/v1/refunds",
    "balance_transaction": "/v1/balance_transactions",
    "payout": "/v1/payouts",
    "dispute": "/v1/disputes",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings",
    "event": "/v1/events",
    "webhook_endpoint": "/v1/webhook_endpoints",
}
FILTERS = {
    "customer": ("email",),
    "checkout.session": ("payment_intent", "customer", "status"),
    "payment_intent": ("customer",),
    "payment_method": ("customer", "type"),
    "setup_intent": ("customer", "payment_method"),
    "subscription": (),
    "invoice": ("customer", "status", "subscription"),
    "invoice_payment": ("invoice", "payment", "status"),
    "product": (),
    "price": ("product",),
    "charge": ("payment_intent", "customer", "transfer_group"),
    "refund": ("charge", "payment_intent"),
    "balance_transaction": ("payout", "source", "type", "currency"),
    "payout": ("status",),
    "dispute": ("charge", "payment_intent"),
    "radar.early_fraud_warning": ("charge", "payment_intent"),
    "event": ("type", "types"),
    "webhook_endpoint": (),
}
SESSIONS = PATHS["checkout.session"]
ROUTES: dict[tuple[str, str], Act] = {
    ("GET", "/v1/account"): lambda call: account_answer(call.books),
    ("GET", "/v1/balance"): lambda call: balance(call.books),
    ("POST", "/v1/customers"): lambda call: customers.create(call.books, call.params),
    ("POST", "/v1/customers/*"): lambda call: customers.update(call.books, call.ids[0], call.params),
    ("GET", "/v1/customers/*/cash_balance"): lambda call: cash_balances.retrieve(call.books, call.ids[0]),
    ("GET", "/v1/customers/*/cash_balance_transactions"): _cash_transactions,
    ("GET", "/v1/customers/*/cash_balance_transactions/*"): lambda call: shown(
        call.books.need(cash_balances.KIND, call.ids[1])
    ),
    ("POST", "/v1/test_helpers/customers/*/fund_cash_balance"): lambda call: bank_transfers.fund(
        call.books, call.ids[0], call.params
    ),
    ("POST", "/v1/payment_intents/*/cancel"): _cancel_intent,
    ("POST", "/v1/payment_methods/*/attach"): _attach,
    ("POST", "/v1/payment_methods/*/detach"): lambda call: payment_methods.detach(call.books, call.ids[0]),
    ("POST", SESSIONS): lambda call: sessions.create(call.books, call.params, base_url=call.base_url),
    ("POST", f"{SESSIONS}/*/expire"): lambda call: sessions.expire(call.books, call.ids[0]),
    ("GET", f"{SESSIONS}/*/line_items"): _line_items,
    ("POST", "/v1/refunds"): lambda call: refunds.create(call.books, call.params),
    ("POST", "/v1/refunds/*"): lambda call: refunds.update(call.books, call.ids[0], call.params),
    ("POST", "/v1/refunds/*/cancel"): lambda call: refunds.cancel(call.books, call.ids[0]),
    ("POST", "/v1/test_helpers/refunds/*/expire"): lambda call: refunds.advance(
        call.books, call.ids[0], status="failed", reason="expired"
    ),
    ("POST", "/v1/disputes/*/close"): lambda call: disputes.close_dispute(
        call.books, call.ids[0], status="lost"
    ),
    ("POST", "/v1/webhook_endpoints"): lambda call: endpoints.create(call.books, call.params),
    ("DELETE", "/v1/webhook_endpoints/*"): lambda call: endpoints.delete(call.books, call.ids[0]),
    ("GET", "/v1/customers/*/payment_methods"): _customers_methods,
    ("POST", "/v1/products"): lambda call: prices.create_product(call.books, call.params),
    ("POST", "/v1/payment_intents"): _create_intent,
    ("POST", "/v1/payment_intents/*/confirm"): _confirm_intent,
    ("POST", "/v1/setup_intents"): _create_setup,
    ("POST", "/v1/setup_intents/*/confirm"): _confirm_setup,
    ("POST", "/v1/subscriptions/*"): lambda call: subscriptions.update(call.books, call.ids[0], call.params),
    ("DELETE", "/v1/subscriptions/*"): lambda call: subscriptions.cancel(
        call.books, call.ids[0], call.params
    ),
    ("GET", "/v1/invoices/*/lines"): _invoice_lines,
    ("POST", "/v1/invoices/*/pay"): lambda call: renewals.pay_invoice(call.books, call.ids[0], call.params),
    ("POST", "/v1/invoices/*/void"): lambda call: invoices.close(
        call.books, call.books.need("invoice", call.ids[0]), status="void"
    ),
    ("POST", "/v1/billing_portal/sessions"): lambda call: portal.create(
        call.books, call.params, base_url=call.base_url
    ),
    **{("GET", path): _list(kind, *FILTERS[kind]) for kind, path in PATHS.items()},
    **{("GET", f"{path}/*"): _retrieve(kind) for kind, path in PATHS.items()},
    ("GET", "/v1/subscriptions"): _list_subscriptions,
}


def find_route(method: str, path: str) -> tuple[Act, list[str]]:
    """Raises ApiError 404 in Stripe's words for a path that is not served."""
    steps = path.rstrip("/").split("/")
    for (its_method, template), act in ROUTES.items():
        wanted = template.split("/")
        if its_method == method and len(wanted) == len(steps):
            pairs = list(zip(wanted, steps, strict=True))
            if all(want in ("*", step) for want, step in pairs):
                return act, [step for want, step in pairs if want == "*"]
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)
