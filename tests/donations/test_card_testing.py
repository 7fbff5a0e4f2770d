"""Show 5: a bot's 1,000 tries from 50 addresses, against the running product; a donor elsewhere still pays.

How many payment pages there are is counted in the stand-in's own books, not in ours.
"""

import http.client
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from audit.models import Record
from donations.admit import is_answer
from donations.models import Campaign, Donation
from donations.shield import UP, up_since
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import make_program, member
from tests.donations.conftest import KEY, SECRET, make_campaign, make_organisation, work_off
from tests.partners.tills import granian
from tests.stripe_standin.running import Standin, running_standin

ADDRESSES, TRIES, ROUNDS, AT_ONCE = 50, 1_000, 3, 8
READ_SECONDS = 3.1
DECLINED = "4000000000000002"

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


@dataclass
class Form:
    """A form as a browser has it: its fields, its cookie, and the question if there is one."""

    fields: dict[str, str]
    cookie: str
    question_bits: int


@dataclass
class Visitor:
    """Somebody at an address, seen by the product through its proxy."""

    port: int
    path: str
    address: str
    line: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def open(self) -> Form:
        answer = self._ask("GET", self.path, "", {})
        html = answer["body"]
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        bits = re.search(r'data-bits="(\d+)"', html)
        return Form(hidden, answer["cookie"], int(bits[1]) if bits else 0)

    def give(self, form: Form, **typed: str) -> str:
        """Send the form; the payment page's address, or the status that refused it."""
        said = {
            "amount_choice": "own",
            "amount_own": "500",
            "email": f"{uuid4().hex}@example.jp",
            "agreed": "on",
            **form.fields,
            **typed,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": form.cookie}
        answer = self._ask("POST", f"{self.path}give/", urlencode(said), headers)
        return str(answer["location"] or answer["status"])

    def look(self, path: str) -> str:
        return str(self._ask("GET", path, "", {})["body"])

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
        self.line.request(method, path, body, {**headers, "X-Forwarded-For": self.address})
        reply = self.line.getresponse()
        cookie = (reply.getheader("Set-Cookie") or "").split(";")[0]
        body = reply.read().decode()
        self.line.close()  # a line that idles while an answer is worked out is ended by the server
        return {
            "status": reply.status,
            "body": body,
            "location": reply.getheader("Location"),
            "cookie": cookie,
        }


def answered(form: Form) -> str:
    """What the browser's script works out."""
    mark = form.fields["mark"]
    return next(str(n) for n in itertools.count() if is_answer(mark, str(n), form.question_bits))


@dataclass
class Scene:
    """A program with a campaign on a running server, and the stand-in that tells it of declined cards."""

    program: Program
    campaign: Campaign
    port: int
    standin: Standin

    @property
    def path(self) -> str:
        return f"/{self.program.slug}/campaigns/{self.campaign.pk}/"

    def visitor(self, address: str) -> Visitor:
        return Visitor(self.port, self.path, address)

    def pages(self) -> int:
        """Payment pages in the stand-in's own books."""
        found, last = 0, ""
        while True:
            query = "?limit=100" + (f"&starting_after={last}" if last else "")
            reply = self.standin.ask(
                "GET", f"/v1/checkout/sessions{query}", headers={"Authorization": f"Bearer {KEY}"}
            )
            said = json.loads(reply.text)
            found += len(said["data"])
            if not said["has_more"]:
                return found
            last = said["data"][-1]["id"]


@pytest.fixture
def scene(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    program = make_program(f"shibuya-{uuid4().hex[:8]}", "渋谷", "131130")
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        campaign = make_campaign(make_organisation(office), office)
    with running_standin(tmp_path / "standin") as standin:
        settings.STRIPE_API_BASE = standin.base_url
        surroundings = {"STRIPE_API_BASE": standin.base_url, "TRUSTED_PROXY_COUNT": "1"}
        with granian(tmp_path / "granian.log", **surroundings) as port:
            url = f"http://127.0.0.1:{port}/{program.slug}/webhooks/stripe/{campaign.organisation.endpoint}/"
            standin.control("webhooks", {"key": KEY, "url": url, "secret": SECRET})
            yield Scene(program, campaign, port, standin)


def bot_tries(scene: Scene, tries: range) -> list[str]:
    """A patient script: opens a form for each try, waits as a reader would, and sends them all."""

    def one(act: Any) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(act, range(ADDRESSES)))

    bots = [scene.visitor(f"198.51.{n}.7") for n in range(ADDRESSES)]
    each = len(tries) // ADDRESSES
    forms = one(lambda n: [bots[n].open() for _ in range(each)])
    time.sleep(READ_SECONDS)
    told = one(lambda n: [bots[n].give(form) for form in forms[n]])
    return [answer for answers in told for answer in answers]


def donor_pays(scene: Scene) -> Donation:
    """An honest person elsewhere, whose browser does what the page asks."""
    donor = scene.visitor("203.0.113.99")
    form = donor.open()
    time.sleep(READ_SECONDS)
    answer = answered(form) if form.question_bits else ""
    page = donor.give(form, email="hanako@example.jp", amount_own="10000", answer=answer)
    assert page.startswith(scene.standin.base_url), page
    home = scene.standin.pay(page).location
    assert "ご寄付を受け取りました" in donor.look(f"/{home.split('/', 3)[3]}")
    with acting_in(scene.program.pk):
        return Donation.objects.get(email="hanako@example.jp", state="paid")


def test_a_thousand_tries_from_fifty_addresses_make_250_payment_pages_at_most(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """The limits alone: this bot tries no card, so nothing raises the shield."""
    told = bot_tries(scene, range(TRIES))
    made = [answer for answer in told if answer.startswith("http")]
    pages = scene.pages()

    assert len(told) == TRIES
    assert pages == len(made) == 250  # five of each address, not one more and not one less
    assert Counter(answer for answer in told if not answer.startswith("http")) == {"429": 750}
    with acting_in(scene.program.pk):
        assert Donation.objects.count() == 250  # what was refused was not written down either
    assert donor_pays(scene).amount_yen == 10_000
    with capsys.disabled():
        print(f"\ncard testing: {TRIES} tries, {pages} payment pages, the donor paid")


def test_a_bot_that_tries_cards_raises_the_shield_and_gets_hardly_further(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """In rounds, as bots do: a page for each address, then a card on each page."""
    raised_in = []
    for number in range(ROUNDS):
        told = bot_tries(scene, range(ADDRESSES))
        for page in [answer for answer in told if answer.startswith("http")]:
            scene.standin.pay(page, card=DECLINED)
        scene.standin.settled()
        work_off()
        with acting_in(scene.program.pk):
            raised_in += [number] if up_since() else []
    told = bot_tries(scene, range(TRIES - ROUNDS * ADDRESSES))
    pages = scene.pages()

    with acting_in(scene.program.pk):
        assert Record.objects.filter(verb=UP).count() == 1
    assert raised_in == [*range(ROUNDS)]
    # The first round of 50 raised it. After that no form is answered and half a minute is not waited.
    assert pages == ADDRESSES
    assert set(told) <= {"422", "429"}
    gift = donor_pays(scene)
    assert gift.amount_yen == 10_000
    with capsys.disabled():
        print(
            f"\ncard testing with cards: {TRIES} tries, {pages} payment pages, the donor paid by 3-D Secure"
        )
