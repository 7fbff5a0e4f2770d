#!/usr/bin/env python3
"""Django's command line. Without settings in the environment it speaks to the demonstration's database.

bin/demo leaves its environment in var/demo-environment.json, readable by its owner alone, so that
`./manage.py verify_books` works from any shell beside it.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / "bin" / "python"
DEMONSTRATION = HERE / "var" / "demo-environment.json"


def main() -> None:
    """Run one command, with the clone's own Python and, where nothing else is said, the demonstration."""
    if PYTHON.exists() and Path(sys.prefix) != PYTHON.parent.parent:
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606  the clone's own
    if "DATABASE_URL" not in os.environ and "DATABASE_URL_FILE" not in os.environ and DEMONSTRATION.exists():
        os.environ.update(json.loads(DEMONSTRATION.read_text()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  the line above comes first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
