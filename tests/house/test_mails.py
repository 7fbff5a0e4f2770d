"""Every mail has a sample, and no mail says too much: the rules for what leaves the house."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.template import Template
from django.test.signals import template_rendered
from django.utils.translation import override

from outbox.mail_kinds import MAIL_KINDS, Written
from programs.models import Program
from tests.house.reading import ROOT, functions, short, sources, tree

# Words that a subject on a locked screen must not show.
TELLING = re.compile(
    r"coupon|クーポン|child|子ども|お子|study|学習|塾|school|poor|welfare|生活保護|困窮|就学援助",
    re.IGNORECASE,
)
WIDEST = 600  # letters of one line; mail programs wrap, and nothing is cut by hand
CASES = [(name, language) for name in sorted(MAIL_KINDS) for language in ("ja", "en")]


def sample(name: str, language: str, program: Program) -> Written:
    with override(language):
        return MAIL_KINDS[name].sample(program)


def sent_templates() -> set[str]:
    """Every text template of a mail of ours."""
    found = [path for path in (ROOT / "templates").rglob("*.txt") if "mail" in path.parent.name]
    ours = [path for path in found if "account" not in path.parts]
    assert len(ours) > 10
    return {str(path.relative_to(ROOT / "templates")) for path in ours}


def test_every_mail_template_is_drawn_by_a_sample(program: Program) -> None:
    drawn: set[str] = set()

    def note(template: Template, **_: object) -> None:
        drawn.add(str(template.name))

    template_rendered.connect(note)
    try:
        for name in MAIL_KINDS:
            sample(name, "ja", program)
    finally:
        template_rendered.disconnect(note)

    assert not sent_templates() - drawn, "describes_mail() a sample of it in the floor's mails.py"
    codes = {
        str(p.relative_to(ROOT / "templates"))
        for p in (ROOT / "templates/account/email").glob("*_message.txt")
    }
    assert not codes - drawn - {"account/email/base_message.txt"}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sources():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
            ):
                yield short(path), node


def test_mails_are_written_in_mails_py_and_sent_by_one_function() -> None:
    """A mail that is written elsewhere, or sent past send_mail_about, would have no sample and no log."""
    written = {place for place, _ in calls("write_mail")} | {place for place, _ in calls("family_mail")}
    assert all(place.endswith("/mails.py") for place in written)
    kinds = {
        argument.value
        for name in ("write_mail", "family_mail", "_about_receipt")
        for _, node in calls(name)
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    assert kinds <= set(MAIL_KINDS)
    past = {place for name in ("EmailMessage", "EmailMultiAlternatives") for place, _ in calls(name)}
    past |= {place for place, node in calls("send_mail") if not isinstance(node.func, ast.Attribute)}
    assert past == {"outbox/mail.py"}


def test_the_mails_of_the_house_are_built_by_functions_that_take_the_program() -> None:
    rooms = [path for path in sources() if path.name == "mails.py"]
    assert len(rooms) >= 5
    loose = [
        f"{short(path)}:{function.name}"
        for path in rooms
        for function in functions(path)
        if function.name.endswith("_mail") and "program" not in [a.arg for a in function.args.args]
    ]
    assert not loose


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_mail_says_no_more_than_it_may(program: Program, name: str, language: str) -> None:
    mail = sample(name, language, program)

    assert mail.kind == name
    assert mail.subject
    assert "\n" not in mail.subject
    assert not TELLING.search(mail.subject)
    assert not re.search(r"[{}]|None|&amp;|&quot;|<", mail.body), "a template that was not filled in"
    assert "\n\n\n" not in mail.body
    assert max(map(len, mail.body.splitlines())) < WIDEST
    stray = [
        line for line in mail.body.splitlines() if "http" in line and not re.fullmatch(r"https?://\S+", line)
    ]
    assert not stray, "a link stands alone on its line"


@pytest.mark.parametrize("name", sorted(MAIL_KINDS))
def test_a_mail_says_who_sends_it_and_the_languages_differ(program: Program, name: str) -> None:
    program.help_phone = "03-0000-0000"
    japanese, english = sample(name, "ja", program), sample(name, "en", program)

    assert japanese.subject != english.subject
    assert "\n--\n" in japanese.body
    if MAIL_KINDS[name].to != "everyone" or name == "invitation":
        assert program.name in japanese.body
        assert "03-0000-0000" in japanese.body
    assert re.search(r"[ぁ-ん]", japanese.body)
    assert not re.search(r"[ぁ-ん]", english.body.replace(program.name, "")), (
        "Japanese words in the English mail"
    )
