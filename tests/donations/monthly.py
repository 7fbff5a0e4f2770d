"""Monthly gifts for tests: what Stripe would say, and donors who press."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from donations.give import Donor
from donations.models import Campaign, Donation, Organisation, Pledge
from donations.start_monthly import ask_to_begin, start_monthly
from donations.stripe_said import MonthSaid, Payment, PledgeSaid
from donations.take_in_months import ask_and_take_in, take_in_months
from kernel.clock import now
from programs.models import Membership, Program
from tests.donations.conftest import VERSION, make_campaign
from tests.stripe_standin.running import Standin

MONTH = 31 * 86_400 + 3_600
FAILS_LATER = "4000000000000341"


def standing_campaign(organisation: Organisation, office: Membership, **changes: Any) -> Campaign:
    """Open without an end; takes monthly gifts."""
    plan = {"title": "毎月の学び", "title_en": "Each month", "last_day": None, "takes_monthly": True}
    return make_campaign(organisation, office, **{**plan, **changes})


def wished(campaign: Campaign, amount_yen: int = 3_000, **who: Any) -> Pledge:
    """Written down, nothing more."""
    said = {"email": "hanako@example.jp", "public_name": "はなこ", "agreement_version": VERSION}
    donor = Donor(**{**said, **who})
    return start_monthly(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=uuid4())


def a_month(pledge: Pledge, number: int = 1, **changes: Any) -> MonthSaid:
    """A paid invoice of it."""
    name = f"{pledge.pk}_{number}"
    said = {
        "state": Donation.State.PAID,
        "amount_yen": pledge.amount_yen,
        "reference": str(pledge.reference),
        "url": "",
        "payment_intent_id": f"pi_{name}",
        "charge_id": f"ch_{name}",
        "fee_yen": 108,
        "paid_at": now(),
    }
    return MonthSaid(f"in_{name}", Payment(**{**said, **changes}))


def said_of(pledge: Pledge, *months: MonthSaid, **changes: Any) -> PledgeSaid:
    """It runs at Stripe as it was promised here."""
    said = {
        "state": Pledge.State.ACTIVE,
        "reference": str(pledge.reference),
        "customer_id": f"cus_{pledge.pk}",
        "subscription_id": f"sub_{pledge.pk}",
        "amount_yen": pledge.amount_yen,
        "next_charge_on": date(2027, 4, 30),
        "months": list(months),
    }
    return PledgeSaid(**{**said, **changes})


def running(campaign: Campaign, amount_yen: int = 3_000, **who: Any) -> Pledge:
    """Its first month is paid and booked."""
    pledge = wished(campaign, amount_yen, **who)
    Pledge.objects.filter(pk=pledge.pk).update(state="pending", session_id=f"cs_{pledge.pk}")
    return take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge)))


def begun(
    standin: Standin, program: Program, campaign: Campaign, amount_yen: int = 3_000, **card: str
) -> Pledge:
    """Paid at the stand-in and booked, fee and all."""
    pledge = wished(campaign, amount_yen)
    reply = standin.pay(ask_to_begin(program=program, pledge_id=pledge.pk), **card)
    assert reply.status == 303
    standin.settled()
    return ask_and_take_in(program_id=program.pk, pledge_id=pledge.pk)[0]


def advance(standin: Standin, seconds: int = MONTH) -> None:
    """The stand-in's clock moves, and what falls due is charged and settled."""
    standin.control("advance", {"seconds": seconds})
    standin.settled()


def asked_again(program: Program, pledge: Pledge) -> Pledge:
    """How it stands at Stripe now, booked."""
    return ask_and_take_in(program_id=program.pk, pledge_id=pledge.pk)[0]


def older(pledge: Pledge, **by: float) -> None:
    """Begun that long ago."""
    Pledge.objects.filter(pk=pledge.pk).update(started_at=now() - timedelta(**by))
