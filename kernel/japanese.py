"""Japanese text as people type it: full-width digits, odd dashes, half-width kana."""

import re
import unicodedata

DASHES = re.compile("[‐‑‒–—―−ー－ｰ]")


def plain(text: str) -> str:
    """'ａｂｃ　１２３' -> 'abc 123': NFKC, outer space off. Names must not pass here: 﨑 would change."""
    return unicodedata.normalize("NFKC", text).strip()


def typed_number(text: str) -> str:
    """'１２，０００円' -> '12000': what a person typed as an amount, ready for int().

    Leaves anything that is not a number as it is, so that the form can say so.
    """
    bare = plain(text)
    stripped = re.sub(r"[,\s、，]|円$|^[¥￥\\]|yen$", "", bare, flags=re.IGNORECASE)
    return stripped if re.fullmatch(r"\d+", stripped) else bare


def typed_code(text: str) -> str:
    """'ｋ７ｐ２ー９ｑｘ４' -> 'K7P29QX4': letters and digits only, upper case."""
    return "".join(c for c in DASHES.sub("", plain(text)) if c.isalnum()).upper()


def is_katakana(text: str) -> bool:
    """Full-width katakana, the long mark, middle dot and spaces only."""
    return bool(re.fullmatch(r"[\u30a1-\u30fa\u30fc\u30fb\s]+", text))
