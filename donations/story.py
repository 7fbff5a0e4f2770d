"""A campaign's text: a small, safe part of Markdown. Never raw HTML, never a picture from elsewhere.

Known: paragraphs, line breaks as typed, headings, lists, quotes, bold, links (http, https, mailto), and
the campaign's own pictures as ![](picture:1). Everything else stays as the letters that were typed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from donations.errors import PictureUnknown
from donations.models import Campaign, CampaignPicture

ALLOWED = ["heading", "list", "blockquote", "newline", "escape", "entity", "link", "image", "autolink"]
ADDRESSES = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
PICTURE = re.compile(r"picture:(\d{1,4})")
TOP = 3  # h1 is the campaign's title, h2 the section around the text

Draw = Callable[[CampaignPicture], str]


def story_html(text: str, pictures: Iterable[CampaignPicture], draw: Draw, *, top: int = TOP) -> SafeString:
    """The text as HTML for a page. `draw` makes one picture's HTML; one that is gone draws nothing.

    top: the level of its highest heading; below it there is one more, whatever was typed.
    """
    known = {picture.number: picture for picture in pictures}
    tokens = _reader().parse(text)
    is_no_link = False
    typed = sorted({token.tag for token in tokens if token.type == "heading_open"})
    level = top - 1
    for token in _each(tokens):
        if token.type == "image":
            found = PICTURE.fullmatch(str(token.attrs.get("src", "")))
            picture = known.get(int(found[1])) if found else None
            token.type, token.content = "picture", draw(picture) if picture else ""
        elif token.type == "link_open":
            is_no_link = bool(PICTURE.fullmatch(str(token.attrs.get("href", ""))))
            token.type = "nothing" if is_no_link else token.type  # [words](picture:1) leads nowhere
            token.attrSet("rel", "nofollow noopener")
        elif token.type == "link_close":
            token.type = "nothing" if is_no_link else token.type
        elif token.type in ("heading_open", "heading_close"):
            if token.type == "heading_open":  # never two levels down at once: readers by ear go by them
                level = min(top + typed.index(token.tag), level + 1, top + 1)
            token.tag = f"h{level}"
    # Safe: with these rules every letter of the text was escaped, and `draw` answers with escaped HTML.
    html: str = _reader().renderer.render(tokens, _reader().options, {})
    return mark_safe(html)  # noqa: S308


def story_text(text: str, pictures: Mapping[int, str]) -> str:
    """The text for a plain mail: links with their address, pictures as their words."""
    lines: list[str] = []
    numbers: list[int] = []
    for token in _reader().parse(text):
        if token.type == "ordered_list_open":
            numbers.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            numbers.append(0)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
            lines += [] if numbers else [""]
        elif token.type == "list_item_open":
            lines.append(f"{numbers[-1]}. " if numbers[-1] else "- ")
            numbers[-1] += 1 if numbers[-1] else 0
        elif token.type == "inline":
            words = _plain(token.children or [], pictures)
            if numbers and lines and lines[-1].endswith(("- ", ". ")):
                lines[-1] += words
            else:
                lines += [words] if numbers else [words, ""]
    return "\n".join(lines).strip()


def pictures_named(*texts: str) -> set[int]:
    """The numbers of the pictures that the texts show."""
    return {
        int(found[1])
        for text in texts
        for token in _each(_reader().parse(text))
        if token.type == "image" and (found := PICTURE.fullmatch(str(token.attrs.get("src", ""))))
    }


def check_pictures(campaign: Campaign, *texts: str) -> None:
    """Raises PictureUnknown when a text shows a picture that the campaign does not have."""
    named = pictures_named(*texts)
    known = set(campaign.pictures.values_list("number", flat=True)) if campaign.pk and named else set()
    for number in sorted(named - known):
        raise PictureUnknown(number=number)


def first_words(text: str) -> str:
    """The text without its marks, on one line: for lists and descriptions."""
    return " ".join(strip_tags(story_text(text, {})).split())


def _plain(tokens: list[Token], pictures: Mapping[int, str]) -> str:
    said = ""
    address = ""
    for token in tokens:
        if token.type == "text":
            said += token.content
        elif token.type in ("softbreak", "hardbreak"):
            said += "\n"
        elif token.type == "image" and (found := PICTURE.fullmatch(str(token.attrs.get("src", "")))):
            said += f"[{pictures[int(found[1])]}]" if int(found[1]) in pictures else ""
        elif token.type == "link_open":
            address = str(token.attrs.get("href", ""))
        elif token.type == "link_close":
            said += "" if said.endswith(address) else f" ({address})"
    return said


def _each(tokens: list[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _each(token.children or [])


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    """Made from nothing: only the rules named here exist, so HTML and code are plain letters."""
    reader = MarkdownIt("zero", {"breaks": True, "html": False}).enable(ALLOWED)
    reader.inline.ruler.before("link", "strong", _strong)
    reader.validateLink = _is_allowed  # type: ignore[method-assign, assignment]
    reader.add_render_rule("picture", lambda _self, tokens, place, *_rest: tokens[place].content)
    reader.add_render_rule("nothing", lambda *_all: "")
    return reader


def _is_allowed(address: str) -> bool:
    return bool(ADDRESSES.match(address) or PICTURE.fullmatch(address))


def _strong(state: StateInline, silent: bool) -> bool:
    """**bold**, also beside Japanese brackets, where Markdown's own rule looks for spaces and finds none."""
    start = state.pos + 2
    if not state.src.startswith("**", state.pos) or start >= state.posMax:
        return False
    end = state.src.find("**", start, state.posMax)
    if end <= start or state.src[start].isspace() or state.src[end - 1].isspace():
        return False
    if not silent:
        rest: Any = state.posMax
        state.push("strong_open", "strong", 1)
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1)
        state.posMax = rest
    state.pos = end + 2
    return True


def drawn(picture: CampaignPicture, address: str, words: str) -> SafeString:
    """One picture with its size, so that the page does not jump when it comes."""
    return format_html(
        '<img class="story-picture" src="{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">',
        address,
        words,
        picture.width,
        picture.height,
    )
