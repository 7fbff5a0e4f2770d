"""The hosted page's HTML. Every value from outside goes through escape()."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from stripe_standin.store import Object
from stripe_standin.words import words_in

SHOWN_CARDS = (
    ("4242 4242 4242 4242", "card_ok"),
    ("4000 0000 0000 0002", "card_declined"),
    ("4000 0000 0000 9995", "card_funds"),
    ("4000 0027 6000 3184", "card_3ds"),
    ("4000 0000 0000 0259", "card_dispute"),
)


@dataclass(frozen=True)
class Typed:
    """What a person typed, to be shown again. The security code is never shown again."""

    email: str = ""
    card: str = ""
    expiry: str = ""


def _frame(lang: str, title: str, body: str) -> str:
    notice = words_in(lang)["test_notice"]
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/c/page.css">
</head>
<body>
<header class="test">{notice}</header>
<main>
{body}
</main>
</body>
</html>
"""


def checkout(
    session: Object, *, merchant: str, lang: str, typed: Typed, errors: dict[str, str], refused: str | None
) -> str:
    """The page to pay on. `errors`: field -> key of words; `refused`: key of words for a declined card."""
    words = words_in(lang)
    amount = f"{session['amount_total']:,}"
    fields = [
        _field("email", words, typed.email, errors, 'type="email" autocomplete="email" inputmode="email"'),
        _field("card", words, typed.card, errors, 'autocomplete="cc-number" inputmode="numeric"'),
        '<div class="pair">',
        _field("expiry", words, typed.expiry, errors, 'autocomplete="cc-exp" inputmode="numeric" size="7"'),
        _field("cvc", words, "", errors, 'autocomplete="cc-csc" inputmode="numeric" size="5" maxlength="4"'),
        "</div>",
    ]
    back = session["cancel_url"]
    back_link = f'<a class="back" href="{escape(back)}">{words["back"]}</a>' if back else ""
    body = f"""{_alert(words, errors, refused)}
<div class="sheet">
<section class="what" aria-labelledby="total">
<p class="to"><span>{words["pay_to"]}</span> <strong>{escape(merchant)}</strong></p>
<h1 id="total"><span class="label">{words["amount"]}</span>
<span class="yen">{words["yen"].format(amount=amount)}</span></h1>
{_lines(session, words)}
</section>
<section class="how">
<form method="post" novalidate>
{"".join(fields)}
{_submit_text(session)}<button type="submit">{words["pay"].format(amount=amount)}</button>
{back_link}
</form>
{_cards(words)}
</section>
</div>"""
    prefix = words["error_prefix"] if errors or refused else ""
    return _frame(lang, f"{prefix}{words['title']} - {merchant}", body)


def challenge(session: Object, *, merchant: str, lang: str) -> str:
    words = words_in(lang)
    text = words["3ds_text"].format(merchant=escape(merchant), amount=f"{session['amount_total']:,}")
    body = f"""<div class="sheet small">
<h1>{words["3ds_title"]}</h1>
<p>{text}</p>
<form method="post">
<button name="outcome" value="yes">{words["3ds_yes"]}</button>
<button class="quiet" name="outcome" value="no">{words["3ds_no"]}</button>
</form>
</div>"""
    return _frame(lang, f"{words['3ds_title']} - {merchant}", body)


def closed(state: str, *, lang: str, link: str | None = None) -> str:
    """state: 'expired', 'complete' or 'lost'."""
    words = words_in(lang)
    label = words["complete_link"] if state == "complete" else words["back"]
    onward = f'<a class="button" href="{escape(link)}">{label}</a>' if link else ""
    body = f"""<div class="sheet small">
<h1>{words[f"{state}_title"]}</h1>
<p>{words[f"{state}_text"]}</p>
{onward}
</div>"""
    return _frame(lang, words[f"{state}_title"], body)


def _alert(words: dict[str, str], errors: dict[str, str], refused: str | None) -> str:
    if refused:
        inside = f"<h2>{words['refused_title']}</h2><p>{words[refused]}</p>"
    elif errors:
        links = "".join(f'<li><a href="#{name}">{words[key]}</a></li>' for name, key in errors.items())
        inside = f"<h2>{words['error_title']}</h2><ul>{links}</ul>"
    else:
        return ""
    return f'<div class="alert" role="alert" tabindex="-1" autofocus>{inside}</div>'


def _field(name: str, words: dict[str, str], value: str, errors: dict[str, str], more: str) -> str:
    wrong = errors.get(name)
    error = f'<p class="wrong" id="{name}-wrong">{words[wrong]}</p>' if wrong else ""
    told = f"{name}-hint {name}-wrong" if wrong else f"{name}-hint"
    invalid = ' aria-invalid="true"' if wrong else ""
    return f"""<div class="field">
<label for="{name}">{words[name]}</label>
<p class="hint" id="{name}-hint">{words[f"{name}_hint"]}</p>
{error}<input id="{name}" name="{name}" value="{escape(value)}" required
 aria-describedby="{told}"{invalid} {more}>
</div>"""


def _lines(session: Object, words: dict[str, str]) -> str:
    rows = "".join(
        f"<div><dt>{escape(item['description'])}{_details(item)}</dt>"
        f"<dd>{words['yen'].format(amount=format(item['amount_total'], ','))}</dd></div>"
        for item in session["_line_items"]
    )
    return f'<h2 class="label">{words["details"]}</h2><dl>{rows}</dl>'


def _details(item: Object) -> str:
    return f'<span class="details">{escape(item["_details"])}</span>' if item["_details"] else ""


def _submit_text(session: Object) -> str:
    told = (session["custom_text"].get("submit") or {}).get("message")
    return f'<p class="hint">{escape(told)}</p>' if told else ""


def _cards(words: dict[str, str]) -> str:
    rows = "".join(
        f"<div><dt><code>{number}</code></dt><dd>{words[key]}</dd></div>" for number, key in SHOWN_CARDS
    )
    return f"""<section class="cards" aria-labelledby="cards"><h2 id="cards">{words["cards_title"]}</h2>
<p class="hint">{words["cards_intro"]}</p>
<dl>{rows}</dl></section>"""
