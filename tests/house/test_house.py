"""The rules of HOUSE.md, held by the machine."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey
from django.urls import URLPattern, URLResolver, get_resolver

from config.beat import TIMETABLE
from config.celery import app as celery_app
from programs.fields import program_field
from tests.house.reading import (
    APPS,
    FLOORS,
    FORBIDDEN,
    HEIGHT,
    ROOMS,
    ROOT,
    functions,
    length,
    short,
    sources,
    tree,
)

DOORS = {"open", "signed_in", "role", "capability", "device"}
# Django's and allauth's own views guard themselves; the crawl still asks each of them.
THEIR_VIEWS = ("allauth.", "django.")


def models_of_ours() -> list[type]:
    return [m for m in apps.get_models() if m._meta.app_label in settings.OUR_APPS]


def test_every_model_belongs_to_a_program() -> None:
    loose = [m.__name__ for m in models_of_ours() if program_field(m) is None]
    assert sorted(loose) == ["Program", "User"], "inherit programs.scoping.ProgramScoped"


def test_foreign_keys_point_down_or_stay_on_the_floor() -> None:
    up = [
        f"{m.__name__}.{f.name}"
        for m in models_of_ours()
        for f in m._meta.local_fields
        if isinstance(f, ForeignKey)
        and HEIGHT.get(f.remote_field.model._meta.app_label, 0) > HEIGHT[m._meta.app_label]
    ]
    assert not up


def test_imports_point_down_also_inside_functions() -> None:
    """import-linter reads the top of files; this reads all of them, per floor."""
    up = []
    for path in sources(migrations=True):
        own = HEIGHT[path.relative_to(ROOT).parts[0]]
        app = path.relative_to(ROOT).parts[0]
        for node in ast.walk(tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [node.module]
            for name in names:
                top = name.split(".")[0]
                if top in HEIGHT and (HEIGHT[top] > own or (HEIGHT[top] == own and top != app)):
                    up.append(f"{short(path)} -> {name}")
    assert not up


def test_no_room_has_a_forbidden_name() -> None:
    bad = [short(p) for p in sources() if p.stem in FORBIDDEN or set(p.parts) & FORBIDDEN]
    assert not bad


def test_files_and_functions_keep_their_size() -> None:
    long = [
        f"{short(p)}: {len(p.read_text().splitlines())} lines"
        for p in sources()
        if len(p.read_text().splitlines()) > 400
    ]
    for path in sources():
        for function in functions(path):
            limit = 25 if is_view(path, function) else 60
            if length(function) > limit:
                long.append(f"{short(path)}:{function.name} {length(function)} > {limit}")
    assert not long


def is_view(path: Path, function: ast.FunctionDef) -> bool:
    arguments = function.args.args
    return (
        ("views" in path.parts or path.stem in ("views", "pages"))
        and bool(arguments)
        and arguments[0].arg == "request"
    )


def test_verbs_take_at_most_six_parameters() -> None:
    many = [
        f"{short(p)}:{f.name}"
        for p in sources()
        for f in functions(p)
        if len([a for a in (*f.args.args, *f.args.kwonlyargs) if a.arg not in ("self", "cls")]) > 6
        and f.name not in ("__init__",)
    ]
    assert not many


def test_every_public_thing_has_a_docstring() -> None:
    bare = []
    for path in sources():
        module = tree(path)
        if path.name != "__init__.py" and not ast.get_docstring(module):
            bare.append(short(path))
        for node in module.body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                bare.append(f"{short(path)}:{node.name}")
    assert not bare


def verbs() -> list[Path]:
    """Files of the floors that are no rooms. `config` puts the house together and has none."""
    flat = [p for p in sources() if len(p.relative_to(ROOT).parts) == 2]
    return [p for p in flat if p.stem not in ROOMS and p.parent.name != "config"]


def imported_by_tests() -> set[str]:
    """Modules that tests, or what they build their worlds with, import something from."""
    return {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    }


def test_every_verb_has_its_test() -> None:
    """A file of its own, or for a read or a formula that others share: a test that imports it."""
    known = imported_by_tests()
    missing = [
        short(path)
        for path in verbs()
        if f"{path.parent.name}.{path.stem}" not in known
        and not list((ROOT / "tests" / path.parent.name).glob(f"test_{path.stem}*.py"))
    ]
    assert not missing, "write tests/<app>/test_<verb>.py"


def test_a_task_only_calls_a_verb() -> None:
    fat = [
        f"{short(p)}:{f.name}"
        for p in sources()
        if p.name == "tasks.py"
        for f in tree(p).body
        if isinstance(f, ast.FunctionDef) and len(f.body) > 4
    ]
    assert not fat


def test_every_lock_names_its_table() -> None:
    loose = [
        f"{short(p)}:{node.lineno}"
        for p in sources()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "of" not in [k.arg for k in node.keywords]
    ]
    assert not loose, "select_for_update(of=('self',)): a join must not lock what it only reads"


def test_every_periodic_task_exists_and_stands_on_the_timetable() -> None:
    celery_app.loader.import_default_modules()
    on_page = {row["task"] for row in TIMETABLE.values()}
    assert on_page <= set(celery_app.tasks)
    assert celery_app.conf.beat_schedule == TIMETABLE


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        found += patterns(entry, route) if isinstance(entry, URLResolver) else [(route, entry)]
    return found


def test_every_door_says_who_may_enter() -> None:
    loose = []
    for route, pattern in patterns():
        view = pattern.callback
        module = getattr(view, "__module__", "")
        if module.startswith(THEIR_VIEWS):
            continue
        cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if getattr(view, "door", getattr(cls, "door", None)) not in DOORS:
            loose.append(f"{route} ({module}.{getattr(view, '__name__', view)})")
    assert not loose, "put one decorator of programs/entering.py on it"


def test_only_the_gateways_know_outside_services() -> None:
    gateways = {"stripe": "donations/stripe_gateway/", "anymail": "outbox/mail_gateway.py"}
    stray = [
        f"{short(p)} imports {name}"
        for p in sources()
        for node in ast.walk(tree(p))
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [getattr(node, "module", None) or ""]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
        and name.split(".")[0] in gateways
        and not short(p).startswith(gateways[name.split(".")[0]])
    ]
    assert not stray


def test_the_product_never_imports_its_stand_in() -> None:
    assert not [
        short(p)
        for p in sources()
        if "stripe_standin" in p.read_text() and "import stripe_standin" in p.read_text()
    ]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("word", ["style=", "onclick=", "onsubmit=", "javascript:"])
def test_no_template_has_inline_style_or_script(word: str) -> None:
    assert not [short(p) for p in templates() if word in p.read_text()]


def test_every_template_is_used() -> None:
    # Found by name, not in our code: by allauth and Django, as <c-...>, and the pages of errors by status.
    code = "\n".join(p.read_text() for p in [*sources(), *templates(), *(ROOT / "tests").rglob("*.py")])
    theirs = ("429.html", "account/", "mfa/", "allauth/", "cotton/", "errors/", "django/", "socialaccount/")
    unused = [
        name
        for name in (str(p.relative_to(ROOT / "templates")) for p in templates())
        if not name.startswith(theirs) and name not in code
    ]
    assert not unused


def test_the_floors_are_the_same_everywhere() -> None:
    """HOUSE.md, import-linter and these tests."""
    line = next(row for row in (ROOT / "HOUSE.md").read_text().splitlines() if row.startswith("    config >"))
    said = [part.strip().split(" | ") for part in line.split(">")]
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert said == FLOORS == [layer.split(" | ") for layer in contract["layers"]]
    assert settings.OUR_APPS and set(settings.OUR_APPS) <= set(APPS)
    assert all((ROOT / app).is_dir() for app in APPS)


def test_words_name_real_things() -> None:
    """What WORDS.md calls by a name in code is there; what is only decided has a star."""
    code = "\n".join(path.read_text() for path in [*sources(), *(ROOT / "coupons").glob("*.sql")])
    known = set(re.findall(r"\w+", code)) | {path.stem for path in sources()}
    rows = [row.split("|") for row in (ROOT / "WORDS.md").read_text().splitlines() if row.startswith("| ")]
    named = [(word, star) for row in rows for word, star in re.findall(r"`([^`]+)`(\*?)", row[3])]
    assert len(named) > 30
    unknown = [word for word, star in named if not star and not set(re.findall(r"\w+", word)) <= known]
    there = [word for word, star in named if star and re.search(rf"^class {word}\b", code, re.MULTILINE)]
    assert not unknown
    assert not there, "built by now: take the star away"


def test_the_decisions_name_every_noun_and_the_spine_its_verbs() -> None:
    """docs/decisions/: 0001 has the table of verbs floor by floor; every model stands on one of the pages."""
    decisions = ROOT / "docs" / "decisions"
    page = (decisions / "0001-the-spine.md").read_text()
    pages = "".join(path.read_text() for path in decisions.glob("*.md"))
    lost = [
        f"{app}: {name}"
        for app in ("people", "families", "donations", "coupons", "partners")
        for row in [next(line for line in page.splitlines() if line.startswith(f"| {app} |"))]
        for name in re.findall(r"\w+", row.split("|")[2])
        if name not in ("job", app) and not (ROOT / app / f"{name}.py").exists()
    ]
    assert not lost
    models = {model.__name__ for model in models_of_ours()} - {"Balance", "Transfer", "Account"}
    assert not {name for name in models if not re.search(rf"\b{name}\b", pages)}
