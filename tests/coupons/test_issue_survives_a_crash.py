"""Redis emptied and the worker killed in the middle of issuing 500 coupons: all 500 are issued once.

Real processes: a Redis of the test's own, a Celery worker (then another) and the relay.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import time_machine
from django.db import connection

from config import embedded
from coupons.issue_many import issue_many
from coupons.models import Coupon
from families.models import Application
from kernel.clock import now
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from outbox.models import Job, Message
from programs.models import Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import FROZEN, member
from tests.coupons.cast import a_fund, an_application

CHILDREN, FACE_YEN, REST_YEN = 500, 200_000, 50_000
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]


class Processes:
    """What the test starts, each in a group of its own, and ends."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self.folder = folder
        database = connection.settings_dict
        login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
        place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        self.environment = {
            name: text for name, text in os.environ.items() if name != "MIGRATE_DATABASE_URL"
        } | {
            "DATABASE_URL": f"postgres://{login}@{place}",
            "REDIS_URL": redis_url,
            "OUTBOX_LEASE_SECONDS": "3",
            "EMAIL_FILE_PATH": str(folder / "mail"),
        }

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Run it, its words in a file of the test's folder."""
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A Celery worker with two children, as in production."""
        return self.start(
            sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "WARNING"
        )

    def words(self) -> str:
        """What all of them said, for a failing test."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """Only what was started here."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A Redis that nobody else uses, so that it may be emptied."""
    server = embedded.Redis(tmp_path, embedded.Kept(tmp_path / "kept.json"))
    child = server.child()
    process = subprocess.Popen(child.command, env=child.env, stdout=subprocess.DEVNULL)
    wait_until(child.is_ready, seconds=10)
    yield server.url()
    process.kill()
    process.wait()


@pytest.fixture
def processes(own_redis: str, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(own_redis, tmp_path)
    yield started
    started.end()


def wait_until(is_so: Callable[[], bool], *, seconds: float, words: Callable[[], str] = str) -> None:
    """Look ten times a second."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, words()
        time.sleep(0.1)


def begin(program: Program) -> tuple[Job, Account]:
    """500 approved children, money for them and a little more, and the job."""
    with time_machine.travel(FROZEN, tick=False), acting_in(program.pk):
        office, year = member(program, Role.OFFICE), ProgramYear.objects.get()
        fund = a_fund(CHILDREN * FACE_YEN + REST_YEN)
        waiting = [an_application(year, office).pk for _ in range(CHILDREN)]
        return issue_many(year=year, fund=fund, applications=waiting, actor=office), fund


def test_all_are_issued_once(
    two_programs: tuple[Program, Program], processes: Processes, own_redis: str
) -> None:
    program = two_programs[0]
    job, fund = begin(program)

    def issued() -> int:
        with acting_in(program.pk):
            return Coupon.objects.count()

    def everything_is_done() -> bool:
        with acting_in(program.pk):
            return not Message.objects.filter(done_at__isnull=True).exists()

    first = processes.worker()
    processes.start(sys.executable, "manage.py", "relay")
    wait_until(lambda: issued() >= 60, seconds=60, words=processes.words)

    redis.Redis.from_url(own_redis).flushall()
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    crashed_at = now()
    at_the_crash = issued()
    assert 60 <= at_the_crash < CHILDREN
    processes.worker()
    wait_until(everything_is_done, seconds=120, words=processes.words)

    with acting_in(program.pk):
        job.refresh_from_db()
        assert (job.state, job.done, job.refused) == (Job.State.DONE, CHILDREN, 0)
        # It was truly cut off: the relay sent it again after the crash.
        assert Message.objects.get(about=f"job:{job.pk}").sent_at > crashed_at
        children = set(Application.objects.values_list("child", flat=True))
        assert sorted(Coupon.objects.values_list("child", flat=True)) == sorted(children)
        assert Transfer.objects.filter(source__startswith="coupon:").count() == CHILDREN
        assert balance_yen(fund) == REST_YEN
        told = Message.objects.filter(topic="coupon_issued")
        assert told.values("about").distinct().count() == told.count() == CHILDREN
