"""bin/bench redeem|campaign|webhooks [--rows N] [--seconds N] [--json]: each prints one JSON line at its end."""

import argparse
import json
from typing import Any

from benchmarks import campaign, redeem, webhooks


def main() -> None:
    """Run one bench."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("name", choices=["redeem", "campaign", "webhooks"])
    parser.add_argument(
        "--rows", type=int, default=10_000, metavar="N", help="redeem: coupons in the data set"
    )
    parser.add_argument(
        "--seconds", type=float, default=20, metavar="N", help="measured time of the main ratio"
    )
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()
    answer = {
        "redeem": lambda: redeem.bench(rows=options.rows, seconds=options.seconds),
        "campaign": lambda: campaign.bench(seconds=options.seconds),
        "webhooks": webhooks.bench,
    }[options.name]()
    if not options.json:
        for name, value in answer.items():
            print(f"{name:>14}  {show(value)}")
    print(json.dumps(answer, ensure_ascii=False))


def show(value: Any) -> str:
    """A value for people."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    main()
