"""Readings above kanji, written by hand in the texts as `{残高|ざんだか}`."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString

READING = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
RUBY = "<ruby>{}<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>"


def with_furigana(text: str) -> SafeString:
    """'{残高|ざんだか}は' -> ruby. The text is escaped first, so it can bring no markup of its own."""
    return SafeString(READING.sub(lambda found: RUBY.format(found[1], found[2]), escape(text)))


def bare_words(text: str) -> str:
    """'{残高|ざんだか}は' -> '残高は'."""
    return READING.sub(lambda found: found[1], text)
