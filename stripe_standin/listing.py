"""Lists with cursors, and `expand`: how stored rows become answers."""

from __future__ import annotations

from typing import Any

from stripe_standin.books import KINDS, Books, shown
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, group, integer, only, text
from stripe_standin.store import Object

PAGE, LONGEST_PAGE, DEEPEST_EXPAND = 10, 100, 4
CURSORS = {"limit", "starting_after", "ending_before", "expand", "created"}


def list_answer(books: Books, kind: str, params: Params, *, url: str, filters: tuple[str, ...]) -> Object:
    """Newest first, filtered by equal fields and by `created`, cut to one page."""
    only(params, CURSORS | set(filters))
    rows = list(reversed(books.all(kind)))
    for name in filters:
        wanted = params.get(name)
        if isinstance(wanted, list):  # types[]=a&types[]=b
            rows = [row for row in rows if row[name.removesuffix("s")] in wanted]
        elif wanted:
            field = "_payout" if name == "payout" else name  # Stripe keeps it off the row too
            rows = [row for row in rows if row.get(field) == wanted]
    rows = [shown(row) for row in rows if _within(row["created"], params.get("created"))]
    return page(rows, params, url=url)


def page(rows: list[Object], params: Params, *, url: str) -> Object:
    limit = integer(params.get("limit", str(PAGE)), "limit")
    if not 1 <= limit <= LONGEST_PAGE:
        raise ApiError("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
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
        rows = [shown(row) for row in reversed(books.all("refund")) if row["charge"] == place["id"]]
        return _list(rows, more=False, url=f"/v1/charges/{place['id']}/refunds")
    return None
