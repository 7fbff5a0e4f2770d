"""bin/bench redeem|campaign|webhooks|receipts|reconcile|giving [--rows N] [--seconds N] [--json]: each prints one JSON line at its end."""

import argparse
import json
from typing import Any

from benchmarks import campaign, giving, receipts, reconcile, redeem, webhooks


def main() -> None:
    """Run one bench."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("name", choices=["redeem", "campaign", "webhooks", "receipts", "reconcile", "giving"])
    parser.add_argument(
        "--rows",
        type=int,
        default=None,
        metavar="N",
        help="coupons (10,000), gifts (10,000) or donors (1,000) in the data set",
    )
    parser.add_argument(
        "--seconds", type=float, default=20, metavar="N", help="measured time of the main ratio"
    )
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()
    answer = {
        "redeem": lambda: redeem.bench(rows=options.rows or 10_000, seconds=options.seconds),
        "campaign": lambda: campaign.bench(seconds=options.seconds),
        "webhooks": webhooks.bench,
        "reconcile": lambda: reconcile.bench(rows=options.rows or 100_000),
        "giving": lambda: giving.bench(rows=options.rows or 10_000),
        "receipts": lambda: receipts.bench(rows=options.rows or 1_000),
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
