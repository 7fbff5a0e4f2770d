"""A gift's life at Stripe in six stages, each kept as a stand-in of its own that stands still there.

An event is worked on while Stripe says what it said at the event's own moment, or much later: a worker that asked
early and came late is the hardest order there is. So each stage is a real server on a copy of the books.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from donations import confirm as confirming
from donations import follow as following
from donations import read_stripe_lines as reading
from donations.give import ask_to_pay
from donations.models import Donation
from programs.models import Program
from tests.donations.conftest import KEY
from tests.stripe_standin.running import Standin

KINDS = (
    "payment_intent.created",
    "checkout.session.completed",
    "charge.updated",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
)
LAST = len(KINDS) - 1
HOUR_MS = 3_600_000  # no charge settles by itself: a copy must stand still
REFUND_YEN = 3_000


@dataclass
class Stages:
    """The stand-ins, in order, and per gift the six events as Stripe made them."""

    servers: list[Standin]
    events: dict[str, list[bytes]]

    def at(self, stage: int) -> Standin:
        """From now on the product hears what Stripe said at this stage."""
        # Not through the fixture: it lays each value over the one before, 2,000 deep.
        django_settings.STRIPE_API_BASE = self.servers[stage].base_url
        return self.servers[stage]

    def witness(self) -> dict[str, Any]:
        """The stand-in's own books when everything has happened."""
        (books,) = self.servers[LAST].control(f"ledger?key={KEY}")["accounts"].values()
        return dict(books)


@contextmanager
def staged(
    folder: Path, settings: Settings, program: Program, gifts: list[Donation], *, ended: str
) -> Iterator[Stages]:
    """Pay, settle, refund 3,000 yen of and dispute each gift; `ended`: how the disputes end."""
    with ExitStack() as ends:
        live = _started(ends, folder / "live")
        settings.STRIPE_API_BASE = live.base_url
        pages = [ask_to_pay(program=program, donation_id=gift.pk) for gift in gifts]
        servers = [_copy(ends, live, folder / "0")]
        for step in range(1, len(KINDS)):
            _go_on(live, step, pages, ended)
            servers.append(_copy(ends, live, folder / str(step)))
        yield Stages(servers, _events(live, gifts))


def _started(ends: ExitStack, folder: Path) -> Standin:
    standin = Standin(folder, settle_ms=HOUR_MS)
    standin.start()
    ends.callback(standin.stop)
    return standin


def _copy(ends: ExitStack, live: Standin, folder: Path) -> Standin:
    folder.mkdir()
    shutil.copy(live.data / "journal.jsonl", folder)
    return _started(ends, folder)


def _go_on(live: Standin, step: int, pages: list[str], ended: str) -> None:
    sessions = [page.rsplit("/", 1)[1] for page in pages]
    if step == 1:
        for page in pages:
            assert live.pay(page).status == 303
    elif step == 2:
        live.control("settle", {"key": KEY})
    else:
        for charge in (row["charge"] for row in _payments(live, sessions)):
            if step == 3:
                live.control("refund", {"charge": charge, "amount": REFUND_YEN})
            elif step == 4:
                live.control("disputes", {"charge": charge})
            else:
                (dispute,) = _list(live, f"disputes?charge={charge}")
                live.control("disputes/close", {"dispute": dispute["id"], "status": ended})


def _payments(live: Standin, sessions: list[str]) -> list[dict[str, Any]]:
    (books,) = live.control(f"ledger?key={KEY}")["accounts"].values()
    assert len(books["payments"]) == len(sessions)
    return list(books["payments"])


def _list(live: Standin, what: str) -> list[dict[str, Any]]:
    """All of a list, page by page, as Stripe gives it (the newest first)."""
    rows: list[dict[str, Any]] = []
    while True:
        mark = "&" if "?" in what else "?"
        after = f"&starting_after={rows[-1]['id']}" if rows else ""
        reply = live.ask(
            "GET", f"/v1/{what}{mark}limit=100{after}", headers={"Authorization": f"Bearer {KEY}"}
        )
        said = json.loads(reply.text)
        rows += said["data"]
        if not said["has_more"]:
            return rows


def _events(live: Standin, gifts: list[Donation]) -> dict[str, list[bytes]]:
    """The bodies as they would be sent, by reference and in the order of KINDS."""
    references = {
        row["payment_intent"]: row["client_reference_id"] for row in _payments(live, [""] * len(gifts))
    }
    found: dict[str, dict[str, bytes]] = {reference: {} for reference in references.values()}
    for event in _list(live, "events"):
        thing = event["data"]["object"]
        intent = thing["id"] if thing["object"] == "payment_intent" else thing.get("payment_intent")
        if event["type"] in KINDS and intent in references:
            found[references[intent]][event["type"]] = json.dumps(event, ensure_ascii=False).encode()
    return {reference: [bodies[kind] for kind in KINDS] for reference, bodies in found.items()}


def ask_each_stage_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """A stage's answers never change, so 2,000 deliveries need not ask the same server 6,000 times.

    Each answer is the real one, over HTTP through the gateway; it is kept with the address that gave it.
    """

    def kept(ask: Any, listed: bool = False) -> Any:
        @cache
        def answer(_address: str, names: tuple[tuple[str, Any], ...]) -> Any:
            said = ask(**dict(names))
            return list(said) if listed else said

        def asked(**names: Any) -> Any:
            said = answer(settings.STRIPE_API_BASE, tuple(sorted(names.items())))
            return iter(said) if listed else said

        return asked

    monkeypatch.setattr(confirming, "fetch_payment", kept(confirming.fetch_payment))
    monkeypatch.setattr(following, "fetch_after", kept(following.fetch_after))
    monkeypatch.setattr(reading, "list_lines", kept(reading.list_lines, listed=True))
