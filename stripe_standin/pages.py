"""The frame and the parts of every hosted page. Every value from outside goes through escape()."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from stripe_standin.words import words_in


@dataclass(frozen=True)
class Typed:
    """What a person typed, to be shown again. The security code is never shown again."""

    email: str = ""
    card: str = ""
    expiry: str = ""
    name: str = ""
    phone: str = ""


def frame(lang: str, title: str, body: str) -> str:
    """A whole page."""
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
    return frame(lang, words[f"{state}_title"], body)


def alert(words: dict[str, str], errors: dict[str, str], refused: str | None) -> str:
    """What went wrong, on top of the page; the reader is put there."""
    if refused:
        inside = f"<h2>{words['refused_title']}</h2><p>{words[refused]}</p>"
    elif errors:
        links = "".join(f'<li><a href="#{name}">{words[key]}</a></li>' for name, key in errors.items())
        inside = f"<h2>{words['error_title']}</h2><ul>{links}</ul>"
    else:
        return ""
    return f'<div class="alert" role="alert" tabindex="-1" autofocus>{inside}</div>'


def field_of(name: str, words: dict[str, str], value: str, errors: dict[str, str], more: str = "") -> str:
    """One labelled input with its hint and, when there is one, its error."""
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


def rows_of(pairs: list[tuple[str, str]]) -> str:
    """A list of names and values. Both are HTML already."""
    return "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs) + "</dl>"


def yen(words: dict[str, str], amount_yen: int) -> str:
    return words["yen"].format(amount=f"{amount_yen:,}")


def card_fields(words: dict[str, str], typed: Typed, errors: dict[str, str]) -> str:
    number = field_of("card", words, typed.card, errors, 'autocomplete="cc-number" inputmode="numeric"')
    until = field_of(
        "expiry", words, typed.expiry, errors, 'autocomplete="cc-exp" inputmode="numeric" size="7"'
    )
    more = 'autocomplete="cc-csc" inputmode="numeric" size="5" maxlength="4"'
    return f'{number}<div class="pair">{until}{field_of("cvc", words, "", errors, more)}</div>'


def cards_to_try(words: dict[str, str], shown: tuple[tuple[str, str], ...]) -> str:
    """The numbers to try, below the form."""
    rows = rows_of([(f"<code>{number}</code>", words[key]) for number, key in shown])
    return f"""<section class="cards" aria-labelledby="cards"><h2 id="cards">{words["cards_title"]}</h2>
<p class="hint">{words["cards_intro"]}</p>
{rows}</section>"""
