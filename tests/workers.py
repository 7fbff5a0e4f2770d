"""Two tests at once (pytest-xdist): each worker has a Redis database of its own, as it has its PostgreSQL database.

Loaded with `-p` before the settings are read. Redis numbers its databases 0 to 15.
"""

import os
import re

WORKER = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))

if WORKER:
    server, _slash, _zero = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(WORKER[1]) + 1}"
