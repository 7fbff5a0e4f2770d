"""The Japanese catalogue: put together, compiled, and held against the source.

    bin/messages compile    makes django.mo, which the pages read
    bin/messages check      says which English texts have no Japanese; exit 1 if there are any
    bin/messages missing    the same as ready lines to fill in
    bin/messages fold       moves locale/fragments/*.po into the catalogue

English stands in the source. The catalogue is locale/ja/LC_MESSAGES/django.po; people who write a part of the product
at the same time as others put its Japanese into a fragment of their own. No system gettext is needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
CATALOGUE = LOCALE / "ja" / "LC_MESSAGES" / "django.po"
NOT_OURS = {".venv", "node_modules", "var", "tests", "stripe_standin", "requirements", ".git"}
# How Python marks a text: name of the call -> places of (context, message, plural).
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


@dataclass(frozen=True)
class Text:
    """One text for people, and where it stands."""

    message: str
    context: str | None
    plural: str | None
    file: str
    line: int

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message


def main(arguments: list[str]) -> int:
    """Runs the command that the first argument names."""
    command = arguments[0] if arguments else "--help"
    if command == "compile":
        return compile_catalogue(merged())
    if command == "fold":
        return fold(merged())
    if command in ("check", "missing"):
        return report(as_lines=command == "missing")
    print(__doc__)
    return 0 if command in ("-h", "--help") else 2


def merged() -> polib.POFile:
    """Catalogue and fragments as one, sorted, so that the file does not depend on their order.

    Raises SystemExit when one text is translated in two ways: someone has to choose.
    """
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "ja",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    found: dict[tuple[str | None, str], tuple[polib.POEntry, str]] = {}
    quarrels = []
    for path in [*([CATALOGUE] if CATALOGUE.exists() else []), *fragments()]:
        for entry in polib.pofile(str(path), encoding="utf-8"):
            if entry.obsolete or not entry.msgid or not entry.translated():
                continue
            key = (entry.msgctxt, entry.msgid)
            first, file = found.setdefault(key, (entry, path.name))
            if (first.msgstr, first.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
                quarrels.append(f"{entry.msgid!r}: {file} and {path.name} differ")
    if quarrels:
        raise SystemExit("One text is translated in two ways:\n  " + "\n  ".join(quarrels))
    for _, (entry, _file) in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        catalogue.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgid_plural=entry.msgid_plural,
                msgstr=entry.msgstr,
                msgstr_plural=entry.msgstr_plural,
                flags=[flag for flag in entry.flags if flag.endswith("-format")],
            )
        )
    return catalogue


def fragments() -> list[Path]:
    """The fragments there are, in a fixed order."""
    return sorted((LOCALE / "fragments").glob("*.po"))


def compile_catalogue(catalogue: polib.POFile) -> int:
    """Writes the .mo, which git does not keep."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    print(f"{len(catalogue)} texts")
    return 0


def fold(catalogue: polib.POFile) -> int:
    """Writes all into the catalogue and takes the fragments away."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(str(catalogue), encoding="utf-8")
    for path in fragments():
        path.unlink()
    return compile_catalogue(catalogue)


def report(*, as_lines: bool) -> int:
    """Prints the texts without Japanese and the placeholders that differ; 1 when there are any."""
    translated = {(entry.msgctxt, entry.msgid): entry for entry in merged()}
    missing: dict[tuple[str | None, str], Text] = {}
    wrong = []
    for text in used():
        entry = translated.get(text.key)
        if entry is None or bool(entry.msgid_plural) != bool(text.plural):
            missing.setdefault(text.key, text)
        elif strange := unknown_placeholders(entry):
            wrong.append(f"{text.file}:{text.line}: {text.message!r}: {', '.join(sorted(strange))}")
    if as_lines:
        print("\n\n".join(fragment_lines(text) for text in missing.values()))
    else:
        for text in missing.values():
            print(f"{text.file}:{text.line}: no Japanese for {text.message!r}")
        for line in sorted(set(wrong)):
            print(f"{line}: placeholder not in the English text")
        print(f"{len(missing)} texts without Japanese, {len(set(wrong))} with wrong placeholders")
    return 1 if missing or wrong else 0


def unknown_placeholders(entry: polib.POEntry) -> set[str]:
    """Placeholders of the Japanese text that the English does not have: they would fail at run time."""
    shape = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
    english = set(shape.findall(entry.msgid)) | set(shape.findall(entry.msgid_plural or ""))
    japanese = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
    return set(shape.findall(japanese)) - english


def fragment_lines(text: Text) -> str:
    """An entry to be filled in."""
    entry = polib.POEntry(msgid=text.message, msgctxt=text.context, occurrences=[(text.file, str(text.line))])
    if text.plural:
        entry.msgid_plural, entry.msgstr_plural = text.plural, {0: ""}
    return str(entry).strip()


def used() -> Iterator[Text]:
    """Every marked text of the product's Python files and templates."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if parts[0] in NOT_OURS or not path.is_file():
            continue
        name = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            yield from in_python(path.read_text(encoding="utf-8"), name)
        elif parts[0] == "templates" and path.suffix in (".html", ".txt"):
            yield from in_template(path.read_text(encoding="utf-8"), name)


def in_python(source: str, file: str) -> Iterator[Text]:
    """The texts inside gettext calls; a call with something else than a plain string is no text."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        if name not in MARKS:
            continue
        context, message, plural = (
            None if place is None else plain_string(node.args, place) for place in MARKS[name]
        )
        if message:
            yield Text(message, context, plural, file, node.lineno)


def plain_string(arguments: list[ast.expr], place: int) -> str | None:
    """The argument at that place, when it is a plain string."""
    node = arguments[place] if place < len(arguments) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(source: str, file: str) -> Iterator[Text]:
    """Django turns its template tags into Python-like calls; those are read like Python."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 - needs settings, not at import

    readable = templatize(source, origin=file)
    for line, text in enumerate(readable.splitlines(), start=1):
        for call in re.finditer(r"\b(n?p?gettext|_)\(", text):
            found = closed_call(text[call.start() :])
            if found:
                for item in in_python(found, file):
                    yield Text(item.message, item.context, item.plural, file, line)


def closed_call(text: str) -> str | None:
    """The shortest beginning that is one whole Python call."""
    for end in (match.end() for match in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except SyntaxError:
            continue
        return text[:end].strip()
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
