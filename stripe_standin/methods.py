"""The ways to pay, with Stripe Japan's limits and fees, and what they are called on the books."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """`prefix` begins the ids of its charges; `booked_as` is the type of its balance transactions."""

    name: str
    fee_per_mille: int
    least_fee_yen: int = 0
    least_yen: int = 50
    most_yen: int = 99_999_999
    prefix: str = "py"
    refund_prefix: str = "pyr"
    booked_as: str = "payment"
    refund_booked_as: str = "payment_refund"
    refund_asks_by_mail: bool = False  # no rails back: Stripe writes to the payer and asks for an account

    def fee_yen(self, amount_yen: int) -> int:
        """Half up to whole yen: 14 yen at 3.6 % -> 0.504 -> 1; 500 yen -> 18; 4,847 -> 174.492 -> 174."""
        return max((amount_yen * self.fee_per_mille + 500) // 1_000, self.least_fee_yen)


METHODS = {
    method.name: method
    for method in (
        Method("card", 36, prefix="ch", refund_prefix="re", booked_as="charge", refund_booked_as="refund"),
        Method("konbini", 36, least_fee_yen=120, least_yen=120, most_yen=300_000, refund_asks_by_mail=True),
        Method("customer_balance", 15, refund_asks_by_mail=True),
        Method("paypay", 36, most_yen=500_000),
    )
}
MOST_KONBINI_DAYS = 60
