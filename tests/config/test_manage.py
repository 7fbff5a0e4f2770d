"""manage.py from a plain shell beside a demonstration."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from config.demo import LEFT_FOR_MANAGE

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a copy of the clone's top, where Django is a stand-in that prints its environment."""
    command = [sys.executable, str(folder / "manage.py"), "verify_books"]
    return subprocess.run(
        command,
        env={"PYTHONPATH": str(folder / "stand_in"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def a_clone(folder: Path) -> Path:
    shutil.copy(ROOT / "manage.py", folder)
    management = folder / "stand_in" / "django" / "core" / "management"
    management.mkdir(parents=True)
    for package in (management, management.parent, management.parent.parent):
        (package / "__init__.py").touch()
    (management / "__init__.py").write_text(
        "import os\n\ndef execute_from_command_line(words):\n    print(os.environ.get('DATABASE_URL'), words[1:])\n"
    )
    (folder / "var").mkdir()
    (folder / "var" / "demo-environment.json").write_text(json.dumps({"DATABASE_URL": "the demonstration's"}))
    return folder


def test_a_plain_shell_speaks_to_the_demonstration(tmp_path: Path) -> None:
    assert run(a_clone(tmp_path)).stdout == "the demonstration's ['verify_books']\n"


def test_an_address_in_the_environment_wins(tmp_path: Path) -> None:
    assert run(a_clone(tmp_path), DATABASE_URL="mine").stdout.startswith("mine ")


def test_only_what_commands_need_is_left_on_disk() -> None:
    assert not {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "PATH", "HOME"} & LEFT_FOR_MANAGE
