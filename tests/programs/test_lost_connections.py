"""Connections that the database cut between two requests are replaced, and nobody notices."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from django.db import connection

from tests.conftest import make_program
from tests.partners.tills import granian

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]

CUT_THE_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


OTHERS = CUT_THE_OTHERS.replace("count(pg_terminate_backend(pid))", "count(*)")


def cut_the_others() -> int:
    """Ends every other connection and waits until it is gone; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(CUT_THE_OTHERS)
        cut = int(cursor.fetchone()[0])
        for _ in range(100):
            cursor.execute(OTHERS)
            if cursor.fetchone()[0] == 0:
                time.sleep(0.2)  # the process leaves the list a moment before its socket closes
                return cut
            time.sleep(0.05)
    raise AssertionError("a connection did not end within 5 s")


@pytest.fixture
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with granian(tmp_path_factory.mktemp("granian") / "log") as port:
        yield port


def statuses(port: int, times: int) -> set[int]:
    """Asks in one line for a page that reads the program's tables."""
    line, found = HTTPConnection("127.0.0.1", port, timeout=30), set()
    for _ in range(times):
        line.request("GET", "/shibuya/")
        answer = line.getresponse()
        answer.read()
        found.add(answer.status)
    line.close()
    return found


def test_a_cut_connection_is_replaced_before_it_is_used(port: int) -> None:
    make_program("shibuya", "渋谷", "131130")
    assert statuses(port, 20) == {200}

    for _ in range(5):
        assert cut_the_others() > 0  # the server does keep connections
        assert statuses(port, 5) == {200}
