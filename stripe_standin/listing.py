"""Lists with cursors, and `expand`: how stored rows become answers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from stripe_standin.books import KINDS, Books, shown
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, group, integer, only, text
from stripe_standin.store import Object

PAGE, LONGEST_PAGE, DEEPEST_EXPAND = 10, 100, 4
CURSORS = {"limit", "starting_after", "ending_before", "expand", "created"}


def list_answer(
    books: Books,
    kind: str,
    params: Params,
    *,
    url: str,
    filters: tuple[str, ...],
    also: Callable[[Object], bool] = lambda row: True,
) -> Object:
    """Newest first, filtered by equal fields and by `created`, cut to one page.

    Only the page is read where an index or the time leads to it: a list of 100,000 rows stays quick.
    """
    only(params, CURSORS | set(filters))
    shelf = books.store.shelf(books.account, kind)
    after, before = text(params, "starting_after"), text(params, "ending_before")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in shelf.rows:
            raise ApiError(f"No such {kind}: '{cursor}'", code="resource_missing", param=name)
    wanted = {name: params[name] for name in filters if params.get(name)}
    found = next(
        (
            (name, value)
            for name, value in wanted.items()
            if shelf.is_indexed(name) and isinstance(value, str)
        ),
        None,
    )
    walk = shelf.walk(
        found=found, created=_span(params.get("created")), cursor=before or after, back=bool(before)
    )
    spanned = (row for row in walk if _within(row["created"], params.get("created")))
    rows = (row for row in spanned if _fits(row, wanted) and also(row))
    limit = _limit(params)
    cut = [shown(row) for row in islice(rows, limit + 1)]
    data = cut[:limit]
    return _list(data[::-1] if before else data, more=len(cut) > limit, url=url)


def _fits(row: Object, wanted: Params) -> bool:
    for name, value in wanted.items():
        if isinstance(value, list):  # types[]=a&types[]=b
            if row[name.removesuffix("s")] not in value:
                return False
        elif isinstance(value, dict):  # payment[type]=a&payment[payment_intent]=b
            if any(row[name].get(key) != below for key, below in value.items()):
                return False
        elif row.get(f"_{name}", row.get(name)) != value:  # Stripe keeps payout and subscription off the row
            return False
    return True


def _span(created: Any) -> tuple[int | None, int | None]:
    """The first and the last second that `created` lets through, as far as it can be read at a glance."""
    if not isinstance(created, dict):
        return None, None
    bound = {name: int(value) for name, value in created.items() if str(value).isdigit()}
    lows = [bound[name] + more for name, more in (("gt", 1), ("gte", 0)) if name in bound]
    highs = [bound[name] - less for name, less in (("lt", 1), ("lte", 0)) if name in bound]
    return max(lows, default=None), min(highs, default=None)


def page(rows: list[Object], params: Params, *, url: str) -> Object:
    """One page of rows that are few and all there."""
    limit = _limit(params)
    ids = [row["id"] for row in rows]
    after, before = text(params, "starting_after"), text(params, "ending_before")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in ids:
            raise ApiError(f"No such object: '{cursor}'", code="resource_missing", param=name)
    if before:
        earlier = rows[: ids.index(before)]
        return _list(earlier[-limit:], more=len(earlier) > limit, url=url)
    rest = rows[ids.index(after) + 1 :] if after else rows
    return _list(rest[:limit], more=len(rest) > limit, url=url)


def _limit(params: Params) -> int:
    limit = integer(params.get("limit", str(PAGE)), "limit")
    if not 1 <= limit <= LONGEST_PAGE:
        raise ApiError("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    return limit


def _list(rows: list[Object], *, more: bool, url: str) -> Object:
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def _within(created: int, wanted: Any) -> bool:
    if not wanted:
        return True
    if isinstance(wanted, str):
        return created == integer(wanted, "created")
    only(wanted, {"gt", "gte", "lt", "lte"}, under="created")
    bound = {name: integer(value, f"created[{name}]") for name, value in wanted.items()}
    return (
        created > bound.get("gt", created - 1)
        and created >= bound.get("gte", created)
        and created < bound.get("lt", created + 1)
        and created <= bound.get("lte", created)
    )


def expanded(books: Books, answer: Object, params: Params) -> Object:
    """Put whole objects in place of the ids that `expand` names, up to four deep."""
    asked = params.get("expand") or []
    paths = asked if isinstance(asked, list) else list(group(params, "expand").values())
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST_EXPAND:
            raise ApiError("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(books, answer, steps, path)
    return answer


def _expand(books: Books, place: Object, steps: list[str], path: str) -> None:
    step, *rest = steps
    if place.get("object") == "list" and step == "data":
        for row in place["data"]:
            _expand(books, row, rest, path)
        return
    if step not in place and (below := _included(books, place, step)) is not None:
        place[step] = below
    if step not in place:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    value = place[step]
    if isinstance(value, str):
        kind = KINDS.get(value.split("_")[0])
        row = books.find(kind, value) if kind else None
        if row is None:
            raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
        place[step] = value = shown(row)
    if rest and isinstance(value, dict):
        _expand(books, value, rest, path)


def _included(books: Books, place: Object, step: str) -> Object | None:
    """Lists that Stripe leaves out of an object until someone asks."""
    if place.get("object") == "checkout.session" and step == "line_items":
        items = (books.find("checkout.session", place["id"]) or {})["_line_items"]
        whole = [shown(item) for item in items]
        return _list(whole, more=False, url=f"/v1/checkout/sessions/{place['id']}/line_items")
    if place.get("object") == "charge" and step == "refunds":
        rows = [shown(row) for row in reversed(books.having("refund", "charge", place["id"]))]
        return _list(rows, more=False, url=f"/v1/charges/{place['id']}/refunds")
    if place.get("object") == "invoice" and step == "payments":
        paid = [shown(row) for row in books.having("invoice_payment", "invoice", place["id"])]
        return _list(paid, more=False, url=f"/v1/invoice_payments?invoice={place['id']}")
    if place.get("object") == "customer" and step == "subscriptions":
        live = [
            row
            for row in books.having("subscription", "customer", place["id"])
            if row["status"] != "canceled"
        ]
        return _list(
            [shown(row) for row in live], more=False, url=f"/v1/customers/{place['id']}/subscriptions"
        )
    return None
