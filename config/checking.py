"""bin/check: one check after the other, all of them even when one complains; exit 1 if any did.

The commands of Django need settings, so they run with the environment of a test cluster.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from config import testing
from config.processes import CannotStart, Supervisor

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
# Every package that the floors name, so that a new floor is checked as soon as it stands there.
FOLDERS = [folder for folder in LAYERS["root_packages"] if (ROOT / folder).is_dir()]


def checks() -> dict[str, list[str]]:
    """What is checked, by which command."""
    return {
        "style (ruff check)": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
        "form (ruff format)": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
        "floors (import-linter)": [str(Path(PYTHON).parent / "lint-imports"), "--no-logo"],
        "types (mypy)": [PYTHON, "-m", "mypy", *FOLDERS],
        "templates (djlint)": [PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"],
        "translations (bin/messages)": [PYTHON, "-m", "config.messages", "check"],
        "migrations (in step)": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        "house (tests/house)": [PYTHON, "-m", "pytest", "-q", "tests/house"],
    }


def main(arguments: list[str]) -> int:
    """Runs every check; 0 when none complains."""
    if "--fix" in arguments:
        for words in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
            subprocess.run([PYTHON, "-m", "ruff", *words, "."], cwd=ROOT)
    home, lock = testing.free_slot()
    supervisor = Supervisor(home / "run", home / "log", print)
    (home / "log").mkdir(parents=True, exist_ok=True)
    failed = []
    try:
        supervisor.stop_leftovers()
        environment = testing.start_servers(home, supervisor)
        for title, command in checks().items():
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            print(f"{'ok    ' if done.returncode == 0 else 'WRONG '} {title}", flush=True)
            if done.returncode != 0:
                failed.append(title)
                print("\n".join(f"       {line}" for line in done.stdout.splitlines()), flush=True)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    finally:
        supervisor.stop()
        lock.close()
    print(f"{len(failed)} complaints: {', '.join(failed)}" if failed else "All in order.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
