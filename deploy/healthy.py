"""Health checks of the containers. Standard library only: they run every few seconds.

python -m deploy.healthy web PORT                the page /healthz/ready answers 200
python -m deploy.healthy fresh FOLDER SECONDS    a file there was written that short a while ago (relay, beat)
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

READY = "/healthz/ready"


def main(arguments: list[str]) -> int:
    """0 when healthy, 1 when not, 2 when asked wrongly."""
    if arguments[:1] == ["web"] and len(arguments) == 2:
        return 0 if is_ready(int(arguments[1])) else 1
    if arguments[:1] == ["fresh"] and len(arguments) == 3:
        return 0 if is_fresh(Path(arguments[1]), float(arguments[2])) else 1
    print(__doc__)
    return 2


def is_ready(port: int) -> bool:
    """Asks as the proxy does, by the public host name: the product answers no other."""
    host = urlsplit(os.environ["PUBLIC_URL"]).netloc
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", READY, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        print(answer.status, answer.read(300).decode(errors="replace"))
        return answer.status == 200
    except (OSError, http.client.HTTPException) as error:
        print(error)
        return False
    finally:
        connection.close()


def is_fresh(folder: Path, seconds: float) -> bool:
    """Whether the newest file in the folder is younger than that."""
    ages = [time.time() - path.stat().st_mtime for path in folder.glob("*")]
    print(f"last written {min(ages):.0f} s ago" if ages else f"nothing in {folder}")
    return bool(ages) and min(ages) < seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
