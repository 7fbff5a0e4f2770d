"""The billing portal's pages: what runs, the card that pays, and the two things a donor can do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

from stripe_standin.checkout_pages import SHOWN_CARDS, SHOWN_LATER
from stripe_standin.pages import Typed, alert, card_fields, cards_to_try, frame, rows_of, yen
from stripe_standin.store import Object
from stripe_standin.subscriptions import end_of
from stripe_standin.words import words_in


def overview(
    session: Object, rows: list[tuple[Object, str]], *, merchant: str, lang: str, done: str | None
) -> str:
    """rows: subscription and last four digits of its card; done: key of words for what was just changed."""
    words = words_in(lang)
    notice = f'<div class="notice" role="status"><p>{words[done]}</p></div>' if done else ""
    parts = "".join(_running(session, row, last4, words) for row, last4 in rows)
    none = f"<p>{words['portal_none']}</p>" if not rows else ""
    card = (
        f'<a class="button" href="/c/portal/{session["id"]}/card">{words["portal_card"]}</a>' if rows else ""
    )
    body = f"""{notice}<div class="sheet small slip">
<p class="to"><span>{words["pay_to"]}</span> <strong>{escape(merchant)}</strong></p>
<h1>{words["portal_title"]}</h1>
{parts}{none}{card}{_back(session["return_url"], words)}
</div>"""
    return frame(lang, f"{words['portal_title']} - {merchant}", body)


def new_card(session: Object, *, lang: str, typed: Typed, errors: dict[str, str], refused: str | None) -> str:
    words = words_in(lang)
    body = f"""{alert(words, errors, refused)}<div class="sheet small">
<h1>{words["portal_card"]}</h1>
<form method="post" novalidate>
{card_fields(words, typed, errors)}
<button type="submit">{words["portal_card_save"]}</button>
{_back(_up(session), words)}
</form>
{cards_to_try(words, SHOWN_CARDS + SHOWN_LATER)}
</div>"""
    return frame(lang, words["portal_card"], body)


def confirm_end(session: Object, subscription: Object, *, lang: str) -> str:
    words = words_in(lang)
    text = words["portal_end_text"].format(on=_day(end_of(subscription), words))
    body = f"""<div class="sheet small">
<h1>{words["portal_end"]}</h1>
<p>{text}</p>
<form method="post">
<input type="hidden" name="subscription" value="{escape(subscription["id"])}">
<button name="outcome" value="end">{words["portal_end_yes"]}</button>
</form>
{_back(_up(session), words)}
</div>"""
    return frame(lang, words["portal_end"], body)


def _running(session: Object, row: Object, last4: str, words: dict[str, str]) -> str:
    item = row["items"]["data"][0]
    at = _day(end_of(row), words)
    ends = row["cancel_at_period_end"]
    facts = rows_of(
        [
            (words["amount_monthly"], yen(words, item["price"]["unit_amount"] * item["quantity"])),
            (words["portal_ends" if ends else "portal_next"], at),
            (words["card"], f"<code>•••• {escape(last4)}</code>"),
        ]
    )
    late = f'<p class="wrong">{words["portal_late"]}</p>' if row["status"] == "past_due" else ""
    address = f"/c/portal/{session['id']}/end"
    if ends:
        action = f"""<form method="post" action="{address}">
<input type="hidden" name="subscription" value="{escape(row["id"])}">
<button class="quiet" name="outcome" value="go_on">{words["portal_go_on"]}</button></form>"""
    else:
        action = (
            f'<a class="button quiet" href="{address}?subscription={row["id"]}">{words["portal_end"]}</a>'
        )
    return f"<section><h2>{escape(row['_what'].split(' × ', 1)[-1].split(' (at ')[0])}</h2>{late}{facts}{action}</section>"


def _up(session: Object) -> str | None:
    """From one of its pages: to the overview, or home when the product opened the page itself."""
    return session["return_url"] if session["flow"] else f"/c/portal/{session['id']}"


def _day(at: int, words: dict[str, str]) -> str:
    return words["day"].format(at=datetime.fromtimestamp(at, UTC) + timedelta(hours=9))


def _back(link: str | None, words: dict[str, str]) -> str:
    return f'<a class="back" href="{escape(link)}">{words["back"]}</a>' if link else ""
