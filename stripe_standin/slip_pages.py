"""What a payer takes along: the numbers for a store's till, the account for a bank transfer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

from stripe_standin.bank_transfers import ACTION
from stripe_standin.konbini import STORES
from stripe_standin.pages import frame, rows_of, yen
from stripe_standin.store import Object
from stripe_standin.words import words_in


def voucher(intent: Object, *, merchant: str, lang: str, link: str | None) -> str:
    """The konbini page; below it the test buttons that play the till."""
    words = words_in(lang)
    details = intent["next_action"]["konbini_display_details"]
    until = datetime.fromtimestamp(details["expires_at"], UTC) + timedelta(hours=9)
    stores = "".join(
        f"<section><h2>{words[f'store_{name}']}</h2>"
        + rows_of(
            [
                (words["payment_code"], f"<code>{details['stores'][name]['payment_code']}</code>"),
                (
                    words["confirmation_number"],
                    f"<code>{details['stores'][name]['confirmation_number']}</code>",
                ),
            ]
        )
        + "</section>"
        for name in STORES
    )
    facts = rows_of(
        [
            (words["pay_to"], escape(merchant)),
            (words["amount"], yen(words, intent["amount"])),
            (words["pay_until"], words["moment"].format(at=until)),
        ]
    )
    buttons = f"""<button class="quiet" name="outcome" value="pay">{words["voucher_test_pay"]}</button>
<button class="quiet" name="outcome" value="expire">{words["voucher_test_expire"]}</button>"""
    return _slip("voucher", facts + stores, buttons, lang=lang, link=link)


def transfer(intent: Object, *, merchant: str, lang: str, link: str | None) -> str:
    """The bank account page; below it the test button that plays the bank."""
    words = words_in(lang)
    details = intent["next_action"][ACTION]
    bank = details["financial_addresses"][0]["zengin"]
    facts = rows_of(
        [
            (words["pay_to"], escape(merchant)),
            (words["amount_left"], yen(words, details["amount_remaining"])),
            (words["bank_name"], f"{bank['bank_name']}（{bank['bank_code']}）"),
            (words["branch_name"], f"{bank['branch_name']}（{bank['branch_code']}）"),
            (words["account_type"], words[f"account_{bank['account_type']}"]),
            (words["account_number"], f"<code>{bank['account_number']}</code>"),
            (words["account_holder"], escape(bank["account_holder_name"])),
        ]
    )
    amount = f"""<div class="field"><label for="amount">{words["transfer_test_amount"]}</label>
<input id="amount" name="amount" inputmode="numeric" value="{details["amount_remaining"]}"></div>
<button class="quiet">{words["transfer_test_send"]}</button>"""
    return _slip("transfer", facts, amount, lang=lang, link=link)


def ended(state: str, *, lang: str, link: str | None) -> str:
    """state 'slip_paid' or 'slip_over': nothing is to be paid here any more."""
    words = words_in(lang)
    onward = f'<a class="button" href="{escape(link)}">{words["slip_link"]}</a>' if link else ""
    body = f"""<div class="sheet small"><h1>{words[f"{state}_title"]}</h1>
<p>{words[f"{state}_text"]}</p>{onward}</div>"""
    return frame(lang, words[f"{state}_title"], body)


def _slip(kind: str, inside: str, test: str, *, lang: str, link: str | None) -> str:
    words = words_in(lang)
    onward = f'<p><a class="button" href="{escape(link)}">{words["slip_link"]}</a></p>' if link else ""
    body = f"""<div class="sheet small slip">
<h1>{words[f"{kind}_title"]}</h1>
<p>{words[f"{kind}_text"]}</p>
{inside}
{onward}
<section class="cards" aria-labelledby="test"><h2 id="test">{words["slip_test_title"]}</h2>
<p class="hint">{words[f"{kind}_test_text"]}</p>
<form method="post">{test}</form></section>
</div>"""
    return frame(lang, words[f"{kind}_title"], body)
