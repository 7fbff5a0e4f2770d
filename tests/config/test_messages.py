"""config.messages: what counts as a text for people, and what is wrong with a catalogue."""

from pathlib import Path

import polib
import pytest

from config import messages

TEMPLATE = """{% load i18n %}
<p>{% translate "It's (all) here" %}</p>
<c-button label="{% translate 'Quoted' %}" title="{{ _("Under") }}" />
{% blocktranslate trimmed count n=n %}
  one {{ n }}
{% plural %}
  many {{ n }}
{% endblocktranslate %}
{% blocktranslate trimmed context "till" %}
  Paid
{% endblocktranslate %}"""


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty locale folder in place of ours."""
    (tmp_path / "fragments").mkdir()
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "ja" / "LC_MESSAGES" / "django.po")
    return tmp_path


def put(locale: Path, name: str, english: str, japanese: str) -> None:
    (locale / "fragments" / f"{name}.po").write_text(
        f'msgid "{english}"\nmsgstr "{japanese}"\n', encoding="utf-8"
    )


def test_texts_of_a_template_are_found_with_context_and_plural() -> None:
    found = {
        (text.context, text.message, text.plural) for text in messages.in_template(TEMPLATE, "page.html")
    }

    assert found == {
        (None, "It's (all) here", None),
        (None, "Quoted", None),
        (None, "Under", None),
        (None, "one %(n)s", "many %(n)s"),
        ("till", "Paid", None),
    }


def test_texts_of_python_are_found_and_variables_are_not() -> None:
    source = 'x = _("One")\ny = ngettext("a", "b", 2)\nz = pgettext_lazy("till", "Paid")\nw = _(name)\nprint("no")\n'

    found = [(text.context, text.message, text.plural) for text in messages.in_python(source, "a.py")]

    assert found == [(None, "One", None), (None, "a", "b"), ("till", "Paid", None)]


def test_a_text_without_japanese_and_a_wrong_placeholder_are_reported(
    locale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    used = [messages.Text(text, None, None, "a.py", 7) for text in ("Known", "Unknown", "%(n)s left")]
    monkeypatch.setattr(messages, "used", lambda: iter(used))
    put(locale, "a", "Known", "知っている")
    put(locale, "b", "%(n)s left", "残り%(m)s")

    assert messages.report(as_lines=False) == 1

    said = capsys.readouterr().out
    assert "a.py:7: no Japanese for 'Unknown'" in said
    assert "'Known'" not in said
    assert "%(m)s: placeholder not in the English text" in said


def test_one_text_in_two_ways_is_refused(locale: Path) -> None:
    put(locale, "a", "School", "学校")
    put(locale, "b", "School", "教室")

    with pytest.raises(SystemExit, match=r"'School': a\.po and b\.po differ"):
        messages.merged()


def test_fold_moves_fragments_into_the_catalogue_and_compiles(locale: Path) -> None:
    put(locale, "a", "School", "学校")

    assert messages.fold(messages.merged()) == 0

    assert messages.fragments() == []
    assert [entry.msgstr for entry in polib.pofile(str(messages.CATALOGUE))] == ["学校"]
    assert [entry.msgstr for entry in polib.mofile(str(messages.CATALOGUE.with_suffix(".mo")))] == ["学校"]
    assert [entry.msgstr for entry in messages.merged()] == ["学校"]


@pytest.mark.parametrize("word", ["サインイン", "サインアウト", "お申込み"])
def test_our_japanese_has_one_word_for_one_thing(word: str) -> None:
    """ログイン, ログアウト, お申し込み: two words for one button make people look for a second one."""
    said = [
        entry.msgid
        for entry in messages.merged()
        if word in entry.msgstr + "".join(entry.msgstr_plural.values())
    ]

    assert not said
