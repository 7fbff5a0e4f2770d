"""What the house tests read: the code as text and trees, never run."""

import ast
from pathlib import Path

FLOORS = [
    ["config"],
    ["collective"],
    ["metrics"],
    ["partners"],
    ["coupons", "donations"],
    ["families"],
    ["people"],
    ["ledger", "audit", "outbox"],
    ["programs"],
    ["kernel"],
]
HEIGHT = {name: len(FLOORS) - level for level, names in enumerate(FLOORS) for name in names}
APPS = [name for names in FLOORS for name in names]
# Files that are not verbs: rooms that every app may have. `definitions` are words beside figures.
ROOMS = {
    "__init__", "admin", "api", "api_urls", "apps", "books", "checks", "definitions", "errors", "forms", "models",
    "mails", "notices", "queries", "rules", "tasks", "urls", "views",
}  # fmt: skip
FORBIDDEN = {"services", "utils", "helpers", "managers", "signals", "constants", "common", "misc"}
ROOT = Path(__file__).resolve().parents[2]


def sources(*, migrations: bool = False) -> list[Path]:
    """Every Python file of the floors."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return [path for path in found if migrations or "migrations" not in path.parts]


def tree(path: Path) -> ast.Module:
    """The file as a syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def short(path: Path) -> str:
    """Its name within the house."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef]:
    """Every function and method."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]


def length(function: ast.FunctionDef) -> int:
    """Lines, its docstring left out."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines
