"""What Stripe says, in our words. Plain values: nothing here asks."""

from dataclasses import dataclass, field
from datetime import date, datetime

from donations.models import Dispute, Donation, Payout, Pledge, Refund


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
    pledge: str = ""  # of the monthly gift, as far as the event names one


@dataclass(frozen=True)
class RefundSaid:
    """A refund as Stripe has it."""

    refund_id: str
    reference: str  # our request key; empty when it was made at Stripe's dashboard
    amount_yen: int
    state: Refund.State  # done: the money has left
    reason: str
    asked_at: datetime
    is_on_its_way: bool = False  # left the books at Stripe, has not reached the donor
    answer_by: datetime | None = None  # the donor is asked for a bank account; refused after that


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


@dataclass(frozen=True)
class Named:
    """What a payment at Stripe says it belongs to; each empty when it says nothing."""

    reference: str = ""  # of a gift or of a monthly gift
    payment_intent_id: str = ""
    is_renewal: bool = False  # a later month, charged while nobody sits before a page


@dataclass(frozen=True)
class MonthSaid:
    """A paid month of a monthly gift. Its payment carries the reference of the monthly gift."""

    invoice_id: str
    payment: Payment


@dataclass(frozen=True)
class PledgeSaid:
    """How a monthly gift stands at Stripe now."""

    state: Pledge.State
    reference: str
    url: str = ""  # the hosted page while it is open, else empty
    customer_id: str = ""
    subscription_id: str = ""
    amount_yen: int = 0  # of the months to come
    next_charge_on: date | None = None  # None: no charge is to come
    declined_invoice_id: str = ""  # the month whose card was declined
    retry_on: date | None = None
    is_given_up: bool = False  # Stripe tries no more, but keeps it
    why_ended: str = ""  # a Pledge.Why, as far as Stripe knows
    months: list[MonthSaid] = field(
        default_factory=list
    )  # paid, the oldest first; without those known already
