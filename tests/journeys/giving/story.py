"""One story: pages of several people, a look at each of them, and at the end the books against Stripe's own.

A new way to give is a test of some thirty lines: `form`, `send`, what the payment page asks, `see`, `ends_with`.
"""

import json
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from donations.models import Donation
from outbox.models import Message
from programs.models import Membership
from programs.scoping import acting_in
from tests.journeys.conftest import context_for, cookies_of
from tests.journeys.giving.cast import Cast
from tests.journeys.product import Product, wait_until
from tests.journeys.test_every_page import RULES
from tests.walking import Complaints

EMAIL, SHOWN = "hanako@example.jp", "はなこ"
STATUS = re.compile(r"the server responded with a status of (\d+)")
GRAVE = ("serious", "critical")
WIDTH, DESK = 390, 1280


@dataclass(kw_only=True)
class Story:
    """`page` is the donor's. `expected`: statuses that this story brings about and the console may tell of."""

    name: str
    product: Product
    cast: Cast
    browser: Browser
    axe: str
    shots: Path
    language: str = "ja"
    expected: set[int] = field(default_factory=set)
    complaints: Complaints = field(default_factory=Complaints)
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    old_mails: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.old_mails = {str(mail["Message-ID"]) for mail in self.mails()}

    def opened(self, person: Membership | None = None, *, scripts: bool = True, width: int = WIDTH) -> Page:
        """A page of that person's own browser; nobody's is a donor's, who goes on to the payment page."""
        origin = self.product.url
        if scripts:
            context = context_for(self.browser, person, origin, width=width, language=self.language)
        else:
            context = self.browser.new_context(
                viewport={"width": width, "height": 844}, locale="ja-JP", java_script_enabled=False
            )
            context.add_cookies(cookies_of(person, origin, language=self.language))  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        self.complaints.watch(page, origin if person else "http://127.0.0.1:")
        return page

    def see(self, page: Page, name: str, *, is_ours: bool = True, wide: bool = False) -> None:
        """Photograph what is seen; nothing may stick out, and ours must be readable for everybody.

        wide: on a desk too.
        """
        self.seen.append(name)
        for width in (DESK, WIDTH) if wide else (WIDTH,):
            page.set_viewport_size({"width": width, "height": 844})
            picture = f"{self.name}-{len(self.seen):02}-{name}{'-wide' if width == DESK else ''}.png"
            page.screenshot(path=self.shots / picture, full_page=True)
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self.wrong.append(f"{name}: {over} px too wide at {width}")
        if is_ours and page.locator("html.js").count():
            page.evaluate(self.axe)
            found = page.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
            self.wrong += [
                f"{name}: {v['id']} {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in GRAVE
            ]

    # What a donor does

    def form(self, page: Page, amount: str = "10000", *, way: str = "card", email: str = EMAIL) -> None:
        """Open the campaign and fill in its form: an own amount, a way to pay, name, agreement."""
        page.goto(self.product.url + self.cast.campaign_path)
        page.locator("#id_amount_own").fill(amount)
        if not page.locator("#id_amount_choice_own").is_checked():  # without scripts nobody chooses it for us
            page.locator("#id_amount_choice_own").check(force=True)
        page.locator(f"input[name=method][value={way}]").check()
        page.locator("#id_email").fill(email)
        page.locator("#id_public_name").fill(SHOWN)
        page.locator("#id_agreed").check()

    def send(self, page: Page) -> None:
        """The one button; a script waits by itself until the form may be sent, without it the donor reads."""
        if page.locator("html.js").count() == 0:
            page.wait_for_timeout(3_200)
        page.locator("button.give-button").click()

    def give(self, page: Page, amount: str = "10000", *, way: str = "card", email: str = EMAIL) -> None:
        """To the payment page."""
        self.form(page, amount, way=way, email=email)
        self.send(page)
        page.wait_for_url("**/c/pay/**")

    # What follows

    @property
    def gifts(self) -> list[Donation]:
        """Every gift of the program, the first one first."""
        with acting_in(self.cast.program.pk):
            return list(Donation.objects.order_by("id"))

    def stays(self, page: Page, kind: str, *words: str) -> None:
        """The result page says so: kind is done, checking or refused."""
        expect(page.locator(f"[data-result={kind}]")).to_be_visible(timeout=20_000)
        for one in words:
            expect(page.locator("main")).to_contain_text(one)

    def mails(self) -> list[EmailMessage]:
        """Every mail that the running product sent, the first one first, of earlier stories too."""
        logs = sorted((self.product.folder / "mail").glob("*.log"), key=lambda log: log.stat().st_mtime_ns)
        texts = [text for log in logs for text in log.read_bytes().split(b"\n" + b"-" * 79 + b"\n")]
        return [message_from_bytes(text, policy=policy.default) for text in texts if text.strip()]

    def mails_to(self, address: str = EMAIL) -> list[EmailMessage]:
        """What was sent there since the story began."""
        new = [mail for mail in self.mails() if mail["Message-ID"] not in self.old_mails]
        return [mail for mail in new if mail["To"] == address]

    def mail(self, subject: str, address: str = EMAIL) -> str:
        """The text of the newest mail with such a subject; waits for it."""

        def found() -> list[str]:
            return [m.get_content() for m in self.mails_to(address) if subject in m["Subject"]]

        wait_until(lambda: bool(found()), seconds=20, words=self.product.words)
        return found()[-1]

    def told(self) -> None:
        """Wait until every webhook was answered and nothing is left to be told."""
        self.product.standin.settled(seconds=20)
        wait_until(self._nothing_waits, seconds=30, words=self.product.words)

    def _nothing_waits(self) -> bool:
        with acting_in(self.cast.program.pk):
            return not Message.objects.filter(done_at__isnull=True).exists()

    def witness(self) -> dict[str, Any]:
        """The stand-in's own books of this organisation."""
        accounts = self.product.standin.control(f"ledger?key={self.cast.stripe_key}")["accounts"]
        books: dict[str, Any] = next(iter(accounts.values()))
        return books

    def ends_with(self, *paid: int, by_hand: int = 0, refunded: int = 0) -> None:
        """These gifts were paid, in yen: our books, our gifts and Stripe's own books say so; nothing was wrong."""
        self.told()
        witness, gifts = self.witness(), [gift for gift in self.gifts if gift.state == Donation.State.PAID]
        through_stripe = [gift for gift in gifts if gift.charge_id]
        assert sorted(gift.amount_yen for gift in through_stripe) == sorted(paid)
        assert witness["agrees"] and witness["charged_yen"] == sum(paid)
        assert witness["refunded_yen"] == refunded
        assert {one["client_reference_id"] for one in witness["payments"]} == {
            str(gift.reference) for gift in through_stripe
        }
        assert witness["fees_yen"] == sum(gift.fee_yen or 0 for gift in through_stripe)
        said = verified()
        assert said["violations"] == 0, said["offenders"]
        assert [one["donated_yen"] for one in said["programs"]] == [sum(paid) + by_hand]
        self.is_clean()

    def is_clean(self) -> None:
        """No page stuck out, shut anyone out, broke the content policy or spoke up on the console."""
        noise = [one for one in self.complaints.said if not self._is_expected(one)]
        assert not self.wrong + noise, "\n".join(self.wrong + noise)

    def _is_expected(self, complaint: str) -> bool:
        status = STATUS.search(complaint)
        return bool(status and int(status[1]) in self.expected)


def verified() -> dict[str, Any]:
    """What verify_books says."""
    said = StringIO()
    call_command("verify_books", "--json", stdout=said)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def money(yen: int) -> re.Pattern[str]:
    """'10,000円', however number and unit are parted in the markup."""
    return re.compile(rf"(?<![\d,]){yen:,}\s*円")


def keeps_what_was_typed(page: Page, *, amount: str = "10000", way: str = "card") -> None:
    """Nothing has to be typed again."""
    expect(page.locator("#id_amount_own")).to_have_value(amount)
    expect(page.locator("#id_amount_choice_own")).to_be_checked(checked=bool(amount))
    expect(page.locator(f"input[name=method][value={way}]")).to_be_checked()
    expect(page.locator("#id_email")).to_have_value(EMAIL)
    expect(page.locator("#id_public_name")).to_have_value(SHOWN)
    expect(page.locator("#id_agreed")).to_be_checked()
