"""Readings above kanji: drawn as ruby, left out as bare words, and never a way in for markup."""

from kernel.furigana import bare_words, with_furigana

RUBY = "<ruby>残高<rp>(</rp><rt>ざんだか</rt><rp>)</rp></ruby>"


def test_a_reading_becomes_ruby_or_goes() -> None:
    assert with_furigana("{残高|ざんだか}は") == f"{RUBY}は"
    assert bare_words("{残高|ざんだか}は") == "残高は"


def test_words_without_a_reading_stay_as_they_are() -> None:
    for words in ("残高は", "{残高}", "a|b", "{|}", ""):
        assert with_furigana(words) == words
        assert bare_words(words) == words


def test_a_text_brings_no_markup_of_its_own() -> None:
    assert "<script" not in with_furigana("<script>{残高|ざんだか}")
    assert "<b>" not in with_furigana("{<b>|<i>}")
