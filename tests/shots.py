"""bin/shots --out DIR [--url URL]: every page of every user as PNG, 390 and 1280 px, ja and en.

Walks the demonstration (started on a free port if none is running), signed in by its links, and names
files by role and page. Exit 1 on a console error, a broken content policy or a request elsewhere.
"""

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page

from config import embedded
from config.demo import ROOT, answers
from tests.walking import WIDTHS, Complaints, Visitor, chromium, walk

LANGUAGES = ("ja", "en")
NOBODY = [
    "/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/shibuya/",
    "/fukuoka/",
    "/components/",
    "/shibuya/missing/",
]


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="bin/shots", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--url", default="", metavar="URL", help="a running demonstration; else one is started"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    started = None
    url = options.url.rstrip("/")
    if not url:
        started, url = start_demo()
    try:
        return shoot(url, options.out)
    finally:
        if started:
            subprocess.run([str(ROOT / "bin" / "demo"), "--stop"], check=False)
            started.wait(timeout=60)


def start_demo() -> tuple["subprocess.Popen[bytes]", str]:
    """bin/demo on a free port, ready."""
    port = embedded.free_port()
    process = subprocess.Popen([str(ROOT / "bin" / "demo"), "--port", str(port)], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(1200):
        if answers(f"{url}/healthz/ready", only_200=True):
            return process, url
        if process.poll() is not None:
            raise SystemExit("bin/demo did not start (is it running already? then give its --url)")
        time.sleep(0.25)
    raise SystemExit("bin/demo was not ready within 5 minutes")


def people(url: str) -> list[dict[str, str]]:
    """Who can be signed in as: the demonstration's own list."""
    with urllib.request.urlopen(f"{url}/demo/people.json", timeout=10) as answer:  # noqa: S310
        listed: list[dict[str, str]] = json.load(answer)["people"]
    return listed


def shoot(url: str, out: Path) -> int:
    """All shots. Each visitor's pages are walked once per width and language."""
    complaints = Complaints()
    count = 0
    with chromium() as browser:
        for width in WIDTHS:
            for language in LANGUAGES:
                for name, starts in [("nobody", NOBODY), *((p["key"], [p["path"]]) for p in people(url))]:
                    count += visit(browser, url, out, name, starts, width, language, complaints)
    said = [c for c in complaints.said if "/missing/" not in c]
    print(f"{count} pages shot into {out}; {len(said)} complaints")
    for words in said:
        print(words)
    return 1 if said else 0


def visit(
    browser: Browser,
    url: str,
    out: Path,
    name: str,
    starts: list[str],
    width: int,
    language: str,
    complaints: Complaints,
) -> int:
    """One visitor at one width in one language."""
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=f"{language}-JP")
    context.add_cookies([{"name": "language", "value": language, "url": url}])
    context.on("page", lambda page: complaints.watch(page, url))
    shots = 0

    def look(page: Page, page_name: str) -> None:
        nonlocal shots
        shots += 1
        path = out / f"{name}_{page_name}_{width}_{language}.png"
        # Hiding the caret would leave style attributes on the page, which its content policy forbids.
        page.screenshot(path=path, full_page=True, caret="initial")

    if name != "nobody":
        page = context.new_page()
        page.goto(url + starts[0])
        starts = [page.url.removeprefix(url), "/start/"]
        page.close()
    walk(Visitor(name, starts, context), url, look)
    context.close()
    return shots


if __name__ == "__main__":
    sys.exit(main())
