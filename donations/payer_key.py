"""How two writings of one payer are found to be the same: the bank's half-width kana and what we noted."""

import re
import unicodedata

from kernel.japanese import DASHES

SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
# What a bank puts before a payer's name in a statement for people.
BEFORE = re.compile(r"^(?:振込入金|振込|フリコミ|被仕向振込)[0-9*:・ ]*")
# Corporate forms as banks shorten them: カ) in front, (カ at the end, (カ) in the middle; and written out.
SHORT = "カ|ユ|ド|メ|シ|フク|シヤ|ザイ|コウシヤ|コウザイ|ガク|シユウ|トクヒ|エ|イ|ドク|チドク"
FORMS = re.compile(
    rf"^(?:{SHORT})\)|\((?:{SHORT})$|\((?:{SHORT})\)|^カブシキガイシヤ|カブシキガイシヤ$|株式会社|有限会社|合同会社"
)
LEAST = 6  # letters that must agree when the bank cut a name off


def payer_key(written: str) -> str:
    """'ｶ)ｱｵｿﾞﾗ ｼｮｳｶｲ' and 'カ）アオゾラショウカイ' -> 'アオゾラシヨウカイ': only for comparing, never shown."""
    text = unicodedata.normalize("NFKC", written).strip().upper()
    text = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)  # hiragana
    text = BEFORE.sub("", text).translate(SMALL)
    text = DASHES.sub("", re.sub(r"\s", "", text))
    return re.sub(r"[-.,・･'\"/]", "", FORMS.sub("", text))


def is_same_payer(one: str, other: str) -> bool:
    """Two keys of one payer: equal, or one cut off by the bank."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= LEAST and long.startswith(short))
