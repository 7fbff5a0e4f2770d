"""config.demo: it refuses a taken port in words, and asks only what it must of a server."""

import http.server
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import demo
from config.processes import CannotStart

pytestmark = pytest.mark.real_time


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own in place of var/, and the signals as they were."""
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "LOGS", tmp_path / "log")
    monkeypatch.setattr(demo, "RECORDS", tmp_path / "run")
    monkeypatch.setattr(demo, "OWN_RECORD", tmp_path / "demo.json")
    monkeypatch.setattr(demo, "LOCK", tmp_path / "demo.lock")
    monkeypatch.delenv("DATABASE_URL")
    kinds = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    yield tmp_path
    for kind, handler in before.items():
        signal.signal(kind, handler)


def test_a_taken_port_is_refused_with_the_way_out(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert demo.main(["--port", str(port)]) == 1

    assert (
        f"Port {port} is in use by another program. Try: bin/demo --port {port + 1}"
        in capsys.readouterr().out
    )
    assert not (var / "demo.json").exists()


def test_stop_says_when_nothing_runs(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--stop"]) == 0
    assert "Nothing is running." in capsys.readouterr().out


def test_secrets_stay_the_same_from_start_to_start(var: Path) -> None:
    first, second = demo.Demo(port=1, reset=False).env, demo.Demo(port=2, reset=False).env

    assert first["SEALING_KEY"] == second["SEALING_KEY"]
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert second["PUBLIC_URL"] == "http://127.0.0.1:2"


def test_a_server_of_ones_own_that_is_away_is_said_in_words(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:1/postgres")

    with pytest.raises(CannotStart, match=r"No connection to PostgreSQL at 127\.0\.0\.1:1") as refusal:
        demo.Demo(port=1, reset=False)._start_database()

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
def test_ready_means_200(status: int, ready: bool) -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"

        assert demo.answers(url, only_200=True) is ready
        assert demo.answers(url) is True
        server.shutdown()
    assert demo.answers(url) is False
