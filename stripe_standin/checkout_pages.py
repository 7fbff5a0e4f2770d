"""The page to pay on, in its three modes, and the questions of the bank and of PayPay."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from stripe_standin.pages import Typed, alert, card_fields, cards_to_try, field_of, frame, rows_of, yen
from stripe_standin.store import Object
from stripe_standin.words import words_in

SHOWN_CARDS = (
    ("4242 4242 4242 4242", "card_ok"),
    ("4000 0000 0000 0002", "card_declined"),
    ("4000 0000 0000 9995", "card_funds"),
    ("4000 0027 6000 3184", "card_3ds"),
)
SHOWN_ONCE = (("4000 0000 0000 0259", "card_dispute"),)
SHOWN_LATER = (("4000 0000 0000 0341", "card_later"),)


@dataclass(frozen=True)
class Sheet:
    """How the page stands: the way to pay that is open, what was typed, what was wrong with it.

    errors: field -> key of words; refused: key of words for a declined payment; action: where the
    form goes when the page is drawn in answer to another address.
    """

    merchant: str
    lang: str
    method: str = "card"
    typed: Typed = field(default_factory=Typed)
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None
    action: str | None = None


def checkout(session: Object, sheet: Sheet) -> str:
    """Who is paid, how much, how, and one button."""
    words = words_in(sheet.lang)
    back = session["cancel_url"]
    back_link = f'<a class="back" href="{escape(back)}">{words["back"]}</a>' if back else ""
    several = len(session["payment_method_types"]) > 1
    action = sheet.action or (f"?method={sheet.method}" if several else "")
    goal = f' action="{escape(action)}"' if action else ""
    more = SHOWN_ONCE if session["mode"] == "payment" else SHOWN_LATER
    cards = cards_to_try(words, SHOWN_CARDS + more) if sheet.method == "card" else ""
    body = f"""{alert(words, sheet.errors, sheet.refused)}
<div class="sheet">
<section class="what" aria-labelledby="total">
<p class="to"><span>{words["pay_to"]}</span> <strong>{escape(sheet.merchant)}</strong></p>
{_total(session, words)}
{_lines(session, words)}
</section>
<section class="how">
{_methods(session, sheet, words) if several else ""}
<form method="post"{goal} novalidate>
{_fields(sheet, words)}
{_submit_text(session)}{_note(session, sheet, words)}<button type="submit">{_button(session, sheet, words)}</button>
{back_link}
</form>
{cards}
</section>
</div>"""
    prefix = words["error_prefix"] if sheet.errors or sheet.refused else ""
    return frame(sheet.lang, f"{prefix}{words['title']} - {sheet.merchant}", body)


def question(session: Object, sheet: Sheet, *, kind: str) -> str:
    """kind '3ds' or 'paypay': confirm, or do not."""
    words = words_in(sheet.lang)
    amount = f"{session['amount_total'] or 0:,}"
    key = "3ds_setup_text" if kind == "3ds" and session["mode"] == "setup" else f"{kind}_text"
    text = words[key].format(merchant=escape(sheet.merchant), amount=amount)
    body = f"""<div class="sheet small">
<h1>{words[f"{kind}_title"]}</h1>
<p>{text}</p>
<form method="post">
<button name="outcome" value="yes">{words[f"{kind}_yes"]}</button>
<button class="quiet" name="outcome" value="no">{words[f"{kind}_no"]}</button>
</form>
</div>"""
    return frame(sheet.lang, f"{words[f'{kind}_title']} - {sheet.merchant}", body)


def _total(session: Object, words: dict[str, str]) -> str:
    if session["mode"] == "setup":
        return f'<h1 id="total">{words["setup_title"]}</h1><p class="hint">{words["setup_text"]}</p>'
    label = words["amount_monthly" if session["mode"] == "subscription" else "amount"]
    return f"""<h1 id="total"><span class="label">{label}</span>
<span class="yen">{yen(words, session["amount_total"])}</span></h1>"""


def _methods(session: Object, sheet: Sheet, words: dict[str, str]) -> str:
    """Links and not a script: each way to pay is a page of its own address."""
    links = ""
    for name in session["payment_method_types"]:
        mark = ' aria-current="true"' if name == sheet.method else ""
        address = f"/c/pay/{session['id']}?method={name}"
        links += f'<a href="{address}"{mark}>{words[f"method_{name}"]}</a>'
    label = words["methods"]
    return f'<h2 id="methods">{label}</h2><nav class="methods" aria-labelledby="methods">{links}</nav>'


def _fields(sheet: Sheet, words: dict[str, str]) -> str:
    typed, errors = sheet.typed, sheet.errors
    fields = [
        field_of("email", words, typed.email, errors, 'type="email" autocomplete="email" inputmode="email"')
    ]
    if sheet.method == "card":
        fields.append(card_fields(words, typed, errors))
    if sheet.method in ("konbini", "customer_balance"):
        fields.insert(0, field_of("name", words, typed.name, errors, 'autocomplete="name"'))
    if sheet.method == "konbini":
        fields.append(
            field_of("phone", words, typed.phone, errors, 'type="tel" autocomplete="tel" inputmode="tel"')
        )
    return "".join(fields)


def _note(session: Object, sheet: Sheet, words: dict[str, str]) -> str:
    key = {"subscription": "monthly_note"}.get(session["mode"], f"{sheet.method}_note")
    return f'<p class="hint">{words[key]}</p>' if key in words else ""


def _button(session: Object, sheet: Sheet, words: dict[str, str]) -> str:
    if session["mode"] == "setup":
        return words["setup_button"]
    if session["mode"] == "subscription":
        return words["monthly_button"].format(amount=f"{session['amount_total']:,}")
    key = f"{sheet.method}_button" if f"{sheet.method}_button" in words else "pay"
    return words[key].format(amount=f"{session['amount_total']:,}")


def _lines(session: Object, words: dict[str, str]) -> str:
    if not session["_line_items"]:
        return ""
    rows = [
        (f"{escape(item['description'])}{_details(item)}", yen(words, item["amount_total"]))
        for item in session["_line_items"]
    ]
    return f'<h2 class="label">{words["details"]}</h2>{rows_of(rows)}'


def _details(item: Object) -> str:
    return f'<span class="details">{escape(item["_details"])}</span>' if item["_details"] else ""


def _submit_text(session: Object) -> str:
    told = (session["custom_text"].get("submit") or {}).get("message")
    return f'<p class="hint">{escape(told)}</p>' if told else ""
