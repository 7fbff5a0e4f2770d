"""python -m stripe_standin --port 12111 --data DIR: run the stand-in until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from stripe_standin.server import StandIn
from stripe_standin.store import Store


def main() -> int:
    parser = argparse.ArgumentParser(prog="stripe_standin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument("--data", type=Path, required=True, help="folder for the journal; kept over restarts")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; any other is refused")
    parser.add_argument("--settle-ms", type=int, default=500, help="payment to balance transaction")
    asked = parser.parse_args()
    try:
        store = Store(asked.data, settle_seconds=asked.settle_ms / 1000)
        server = StandIn(host=asked.host, port=asked.port, store=store)
    except BlockingIOError:
        print(f"{asked.data} is in use by another stand-in", file=sys.stderr)
        return 2
    except (OSError, ValueError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    name = f"[{asked.host}]" if ":" in asked.host else asked.host
    print(f"stripe stand-in on http://{name}:{server.server_port}", flush=True)
    server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
