"""What bench giving does inside the product's settings: gifts, the bad network, workers, repair, and the sums."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

import stripe
from django.conf import settings
from django.db import connection

from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.approve_refund import approve_refund
from donations.give import Donor, ask_to_pay, give
from donations.models import Campaign, Donation, Finding, Organisation, StripeLine
from donations.open_campaign import open_campaign
from donations.propose_refund import propose_refund
from donations.reconcile import reconcile
from donations.set_ways import set_ways
from donations.sweep import sweep
from kernel.clock import today
from ledger.balances import balance_yen
from outbox.models import Message
from programs.models import Membership, Program, Role, User
from programs.scoping import acting_in
from tests.stripe_standin.running import Standin

KEY, SECRET = "sk_test_giving", "whsec_giving"
ROOT = Path(__file__).resolve().parent.parent
SEED, AT_ONCE = 20_270_331, 4
TWICE, LATE, NEVER = 0.05, 0.05, 0.01
# What docs/operate.md tells operators to switch on; the rest of what Stripe has to say is not sent.
SENT = (
    *("checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_succeeded"),
    *("checkout.session.async_payment_failed", "payment_intent.payment_failed", "charge.updated"),
    *("charge.refunded", "refund.updated", "refund.failed", "charge.dispute.created"),
    *("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed"),
    *("payout.paid", "payout.failed"),
)
WAYS = ("card",) * 82 + ("konbini",) * 8 + ("bank_transfer",) * 5 + ("paypay",) * 5
AT_STRIPE = {"konbini": "konbini", "bank_transfer": "customer_balance", "paypay": "paypay"}
DISPUTED = "4000000000000259"


class Run:
    """One program, one organisation, one campaign; and how often what happened."""

    def __init__(self, rows: int, web_port: int) -> None:
        self.rows, self.web_port, self.dice = rows, web_port, random.Random(SEED)
        self.counts: Counter[str] = Counter()
        self.standin = Standin(Path(), port=int(settings.STRIPE_API_BASE.rsplit(":", 1)[1]))
        self.seen: set[str] = set()
        self.unheard: dict[str, bool] = {}  # by payment: whether nothing of it ever comes
        self.program = Program.objects.create(slug="giving", name="giving", municipality_code="131130")
        with acting_in(self.program.pk):
            self.second = Membership.objects.create(
                user=User.objects.create_user("second@bench.example"), role=Role.OFFICE
            )
            self.office = Membership.objects.create(
                user=User.objects.create_user("office@bench.example"), role=Role.OFFICE
            )
            self.organisation = self._organisation()
            self.campaign = open_campaign(
                draft=Campaign(
                    organisation=self.organisation,
                    title="giving",
                    goal_yen=1_000_000_000,
                    first_day=today() - timedelta(days=1),
                    last_day=today() + timedelta(days=30),
                    operating_per_mille=100,
                ),
                actor=self.office,
            )

    def _organisation(self) -> Organisation:
        made = add_organisation(
            name="ベンチ",
            legal_form="認定NPO法人",
            address="東京都渋谷区",
            agreement=Agreement(version="1", text="agreement"),
            secrets=StripeSecrets(key=KEY, webhook_secret=SECRET),
            actor=self.office,
        )
        set_ways(organisation=made, ways=list(AT_STRIPE), actor=self.office)
        return made

    def make_gift(self, number: int) -> None:
        """Written down, its page opened, and paid; one in fifty closes the window."""
        way, yen = WAYS[number * 37 % 100], 500 + number * 7 % 9_500
        donor = Donor(email=f"donor{number}@bench.example", agreement_version="1", method=way)
        with acting_in(self.program.pk):
            gift = give(campaign=self.campaign, amount_yen=yen, donor=donor, request_key=UUID(int=number + 1))
        page = ask_to_pay(program=self.program, donation_id=gift.pk)
        if number % 50 == 49:
            self.counts["left"] += 1
            return
        self._pay(number, page, way, yen)

    def _pay(self, number: int, page: str, way: str, yen: int) -> None:
        session = {"session": page.rsplit("/", 1)[1].partition("#")[0].partition("?")[0]}
        if way == "card":
            card = DISPUTED if number % 80 == 7 else "4242424242424242"
            self.counts["disputed"] += card == DISPUTED
            self.standin.pay(page, card=card)
            return
        self.standin.pay_by(AT_STRIPE[way], page)
        if way == "konbini":
            self.standin.control("konbini/pay" if number % 7 else "konbini/expire", session)
        elif way == "bank_transfer":
            self.standin.control("bank_transfer", {**session, "amount": yen})

    def go_back(self) -> None:
        """3 % of the cards' gifts: half asked for on our page, half made in Stripe's dashboard; disputes end."""
        with acting_in(self.program.pk):
            gifts = list(Donation.objects.filter(state="paid", method="card").order_by("id"))[::33]
        for number, gift in enumerate(gifts):
            yen = gift.amount_yen if number % 3 else gift.amount_yen // 3
            if not gift.charge_id or self._is_disputed(gift):
                continue
            self.counts["refunds"] += 1
            if number % 2:
                self.standin.control("refund", {"charge": gift.charge_id, "amount": yen})
                continue
            with acting_in(self.program.pk):
                asked = propose_refund(
                    donation=gift,
                    amount_yen=yen,
                    reason="bench",
                    request_key=UUID(int=10**9 + number),
                    actor=self.office,
                )
                approve_refund(refund=asked, actor=self.second)
        for number, dispute in enumerate(self._list("disputes")):
            ended = "won" if number % 2 else "lost"
            self.standin.control("disputes/close", {"dispute": dispute["id"], "status": ended})

    def _is_disputed(self, gift: Donation) -> bool:
        return bool(self._list(f"disputes?charge={gift.charge_id}"))

    def _list(self, what: str) -> list[dict[str, Any]]:
        """All of a list, the oldest first."""
        rows: list[dict[str, Any]] = []
        while True:
            after = f"&starting_after={rows[-1]['id']}" if rows else ""
            address = f"/v1/{what}{'&' if '?' in what else '?'}limit=100{after}"
            said = json.loads(
                self.standin.ask("GET", address, headers={"Authorization": f"Bearer {KEY}"}).text
            )
            rows += said["data"]
            if not said["has_more"]:
                return rows[::-1]

    def network(self) -> None:
        """What Stripe has to tell since the last time: some twice, some late, some never."""
        fresh = [e for e in self._list("events") if e["id"] not in self.seen and e["type"] in SENT]
        self.seen |= {event["id"] for event in fresh}
        self.counts["events"] += len(fresh)
        in_time: list[bytes] = []
        late: list[bytes] = []
        for event in fresh:
            body = json.dumps(event, ensure_ascii=False).encode()
            if self._is_lost(event):
                self.counts["lost"] += 1
                continue
            is_late = self.dice.random() < LATE
            self.counts["out_of_order"] += is_late
            (late if is_late else in_time).append(body)
            if self.dice.random() < TWICE:
                self.counts["repeats"] += 1
                (late if self.dice.random() < 0.5 else in_time).append(body)
        self.dice.shuffle(late)
        for bodies in (in_time, late):
            for answer in in_threads(self._post, bodies):
                self.counts["refused"] += answer != 200

    def _is_lost(self, event: dict[str, Any]) -> bool:
        """One event in a hundred, and of one payment in a hundred every one: nobody else tells of it."""
        thing = event["data"]["object"]
        payment = str(thing.get("payment_intent") or thing["id"])
        if payment not in self.unheard:
            self.unheard[payment] = self.dice.random() < NEVER
            self.counts["unheard"] += self.unheard[payment]
        return self.unheard[payment] or self.dice.random() < NEVER

    def _post(self, body: bytes) -> int:
        mark = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, int(time.time()))
        door = HTTPConnection("127.0.0.1", self.web_port, timeout=60)
        try:
            address = f"/{self.program.slug}/webhooks/stripe/{self.organisation.endpoint}/"
            door.request(
                "POST", address, body, {"Stripe-Signature": mark, "Content-Type": "application/json"}
            )
            return door.getresponse().status
        finally:
            door.close()

    def wait_for_workers(self) -> None:
        """Until no message is open."""
        while True:
            with acting_in(self.program.pk):
                if not Message.objects.filter(done_at__isnull=True).exists():
                    return
            time.sleep(0.5)

    def repair(self) -> None:
        """As it happens by itself: the sweep, and at night the comparison. What they leave is worked off."""
        with acting_in(self.program.pk):
            self.counts["paid_before_repair"] = Donation.objects.filter(state="paid").count()
        while sweep(program=self.program, older_than=timedelta(0)) >= 500:
            pass
        reconcile(program_id=self.program.pk, organisation_id=self.organisation.pk)
        self.wait_for_workers()

    def sums(self) -> dict[str, Any]:
        """Ours against the stand-in's own books."""
        done = reconcile(program_id=self.program.pk, organisation_id=self.organisation.pk)
        (witness,) = self.standin.control(f"ledger?key={KEY}")["accounts"].values()
        refunded = ("refund", "refund-failed")
        with acting_in(self.program.pk):
            paid = Donation.objects.filter(state="paid")
            charges = dict(paid.values_list("charge_id", "amount_yen"))
            ours = {
                "balance_yen": balance_yen(self.organisation.clearing),
                "fees_yen": balance_yen(self.organisation.fees),
                "paid_out_yen": balance_yen(self.organisation.bank),
                "refunded_yen": _moved(refunded),
            }
            theirs = {**witness, "fees_yen": witness["fees_yen"] + witness["dispute_fees_yen"]}
            differences = {name: yen - theirs[name] for name, yen in ours.items()}
            gifts_differ = charges != {row["charge"]: row["amount_yen"] for row in witness["payments"]}
            return {
                "gifts": self.rows,
                "paid": len(charges),
                **self.counts,
                "lines": done.lines,
                "unexplained": StripeLine.objects.filter(explained_by="").count(),
                "differences_yen": sum(abs(yen) for yen in differences.values()),
                "stripe_yen": witness["balance_yen"],
                "books_yen": ours["balance_yen"],
                "is_exact": done.is_exact and witness["agrees"] and not gifts_differ,
                "questions": dict(Counter(Finding.objects.values_list("kind", flat=True))),
            }


def _moved(prefixes: tuple[str, str]) -> int:
    """What left clearing under the first prefix, less what came back under the second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(CASE WHEN split_part(source, ':', 1) = %s THEN amount_yen"
            " WHEN split_part(source, ':', 1) = %s THEN -amount_yen ELSE 0 END), 0) FROM ledger_transfer",
            prefixes,
        )
        return int(cursor.fetchone()[0])


def in_threads(act: Callable[[Any], Any], what: Iterable[Any]) -> list[Any]:
    """Each in one of four threads; their connections are closed with them."""

    def one(thing: Any) -> Any:
        try:
            return act(thing)
        except Exception:
            connection.close()
            raise

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, what))


@contextmanager
def workers() -> Iterator[None]:
    """A Celery worker and the relay, ended afterwards."""
    celery = ["-m", "celery", "-A", "config", "worker", "-c", str(AT_ONCE), "-l", "ERROR"]
    started = [
        subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for words in (celery, ["manage.py", "relay"])
    ]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def measure(rows: int, web_port: int) -> dict[str, Any]:
    """From the first gift to the last sum."""
    began = time.perf_counter()
    run = Run(rows, web_port)
    spent: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> None:
        before = time.perf_counter()
        act()
        spent[name] = round(spent.get(name, 0) + time.perf_counter() - before, 1)
        print(f"{name}: {spent[name]} s", file=sys.stderr, flush=True)

    with workers():
        most = rows - rows // 20
        timed("giving", lambda: in_threads(run.make_gift, range(most)))
        run.standin.settled(seconds=120)
        timed("webhooks", run.network)
        timed("workers", run.wait_for_workers)
        first = run.standin.control("payouts", {"key": KEY})
        run.standin.control("payouts/fail", {"payout": first["id"]})
        timed("going back", run.go_back)
        timed("workers", run.wait_for_workers)  # refunds asked for by us are made before the next events
        run.standin.control("payouts", {"key": KEY})
        timed("giving", lambda: in_threads(run.make_gift, range(most, rows)))  # their money stays at Stripe
        run.standin.settled(seconds=120)
        timed("webhooks", run.network)
        timed("workers", run.wait_for_workers)
        timed("repair", run.repair)
    answer = run.sums()
    return {**answer, "seconds": round(time.perf_counter() - began, 1), "spent": spent}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
