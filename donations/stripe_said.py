"""What Stripe says, in our words. Plain values: nothing here asks."""

from dataclasses import dataclass
from datetime import date, datetime

from donations.models import Dispute, Donation, Payout, Refund


@dataclass(frozen=True)
class PaymentPage:
    """The hosted page where a gift is paid."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Payment:
    """How a gift stands at Stripe now."""

    state: Donation.State
    amount_yen: int
    reference: str
    url: str  # the hosted page while it is open, else empty
    payment_intent_id: str
    charge_id: str
    fee_yen: int | None  # None until the charge is on Stripe's books
    paid_at: datetime | None
    slip_url: str = ""  # where a shop's code or the bank account to pay to stands
    pay_until: datetime | None = None  # of a shop's code
    missing_yen: int | None = None  # of a bank transfer: what has not come yet
    customer_id: str = ""
    payment_method_id: str = ""  # of a saved card
    decline_code: str = ""  # why a saved card could not be charged


@dataclass(frozen=True)
class Event:
    """A verified webhook. A hint that something happened, never the fact itself."""

    event_id: str
    kind: str
    object_id: str
    reference: str  # of the gift, as far as the event names one
    payment_intent_id: str = ""
    charge_id: str = ""
    is_decline: bool = False  # of a card; a convenience store's code that ran out is none


@dataclass(frozen=True)
class RefundSaid:
    """A refund as Stripe has it."""

    refund_id: str
    reference: str  # our request key; empty when it was made at Stripe's dashboard
    amount_yen: int
    state: Refund.State  # done: the money has left
    reason: str
    asked_at: datetime


@dataclass(frozen=True)
class DisputeSaid:
    """A dispute as Stripe has it."""

    dispute_id: str
    amount_yen: int
    fee_yen: int
    fee_returned_yen: int
    state: Dispute.State
    reason: str
    due_by: datetime | None
    opened_at: datetime
    is_withdrawn: bool
    is_returned: bool


@dataclass(frozen=True)
class After:
    """What came after a payment."""

    refunds: list[RefundSaid]
    disputes: list[DisputeSaid]


@dataclass(frozen=True)
class LineSaid:
    """One balance transaction. Signs as Stripe's: money in is above zero."""

    line_id: str
    kind: str
    source_id: str
    amount_yen: int
    fee_yen: int
    net_yen: int
    happened_at: datetime


@dataclass(frozen=True)
class PayoutSaid:
    """A payout as Stripe has it."""

    payout_id: str
    amount_yen: int
    arrives_on: date
    state: Payout.State
