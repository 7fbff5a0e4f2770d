"""What waits for the secretariat: counted over all floors, the oldest first, with where to go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coupons.errors import GradeNotOffered
from coupons.models import Coupon
from coupons.queries import total_yen_for
from donations.models import Campaign, Donation, Finding, OfflineGift, Pledge, Refund, ReserveFill
from donations.money_queries import covered_by_reserve
from donations.propose_matches import refunds_to_send, unexplained_lines
from donations.receipt_queries import blocked_asks
from donations.shield import SOON_SECONDS, tries_within, up_since
from families.models import Application
from families.queries import year_now
from kernel.clock import now, start_of, today
from kernel.yen import written_yen
from ledger.models import Balance, Kind
from outbox.mail_queries import stopped_addresses
from outbox.models import Job, Message
from partners.models import Provider
from people.invite import open_invitations
from programs.models import BY_TWO, ProgramYear
from programs.scope import current_program_id

LATE = timedelta(minutes=10)
FIRST_ID_MOMENT = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits. `page` is the name of the page where it is done, '' for none."""

    label: str | Promise
    count: int
    oldest: datetime | None
    page: str = ""
    subject_id: int | None = None  # the page's own id, for a job
    words: str | Promise = ""
    is_trouble: bool = False
    missing_yen: int | None = None  # shown in place of the count, where money is what is missing


@dataclass(frozen=True)
class Desk:
    """The secretariat's home."""

    queue: list[Waiting]
    year: ProgramYear | None
    funds: list[tuple[str, int]]
    fund_yen: int
    coupons_yen: int
    children: int


def desk() -> Desk:
    """Everything the secretariat's home shows. A fixed number of queries."""
    year = year_now()
    balances = _balances()
    funds = [(label, yen) for kind, label, yen in balances if kind == Kind.FUND]
    fund_yen = sum(yen for _label, yen in funds)
    held = Coupon.objects.filter(year=year).exclude(state=Coupon.State.VOID)
    queue = [
        _applications(),
        _without_coupon(year, fund_yen),
        _schools(),
        _questions(),
        _campaigns(),
        _gifts(),
        _monthly(),
        _shield(),
        _gifts_by_hand(),
        _refunds(),
        _bank_lines(),
        _receipts(),
        _reserve(),
        _reserve_fills(),
        _refunds_to_send(),
        _invitations(),
        _jobs(),
        _messages(),
        _mails_back(),
    ]
    return Desk(
        queue=sorted((w for w in queue if w.count), key=lambda w: (not w.is_trouble, w.oldest or now())),
        year=year,
        funds=funds,
        fund_yen=fund_yen,
        coupons_yen=sum(yen for kind, _label, yen in balances if kind == Kind.COUPON),
        children=held.count() if year else 0,
    )


def _balances() -> list[tuple[str, str, int]]:
    """(kind, label, yen): each fund by its label, all coupons together."""
    of_funds = Balance.objects.filter(account__kind=Kind.FUND).order_by("account__label")
    rows = [
        (str(Kind.FUND), label, yen) for label, yen in of_funds.values_list("account__label", "balance_yen")
    ]
    on_coupons = Balance.objects.filter(account__kind=Kind.COUPON).aggregate(
        yen=Sum("balance_yen", default=0)
    )
    return [*rows, (str(Kind.COUPON), "", int(on_coupons["yen"]))]


def _counted(rows: QuerySet[Any], moment: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(count=Count("id"), oldest=Min(moment))
    return found["count"], found["oldest"]


def _applications() -> Waiting:
    count, oldest = _counted(Application.objects.filter(state=Application.State.APPLIED), "applied_at")
    return Waiting(_("Applications to decide"), count, oldest, "office-families")


def _without_coupon(year: ProgramYear | None, fund_yen: int) -> Waiting:
    """Approved children of the year who have no coupon, and whether the funds suffice for all."""
    label = _("Approved children without a coupon")
    if year is None or today() > year.last_day:
        return Waiting(label, 0, None)
    held = Coupon.objects.filter(child=OuterRef("child"), year=OuterRef("year")).exclude(
        state=Coupon.State.VOID
    )
    waiting = Application.objects.filter(~Exists(held), year=year, state=Application.State.APPROVED)
    count, oldest = _counted(waiting, "decided_at")
    return Waiting(label, count, oldest, "office-coupons", words=_does_fund_suffice(waiting, year, fund_yen))


def _does_fund_suffice(waiting: QuerySet[Application], year: ProgramYear, fund_yen: int) -> str | Promise:
    try:
        needed_yen = total_yen_for(waiting, year, today())
    except GradeNotOffered as refusal:
        return str(refusal)
    if needed_yen > fund_yen:
        return _("The fund does not suffice for all of them yet.")
    return _("The fund suffices for all of them.")


def _schools() -> Waiting:
    found = Provider.objects.filter(state=Provider.State.APPLIED).aggregate(
        count=Count("id"), first=Min("id")
    )
    oldest = moment_of_id(found["first"]) if found["first"] else None
    return Waiting(_("Schools to approve"), found["count"], oldest, "office-schools")


def _questions() -> Waiting:
    """What a machine must not decide about money. One with a day to keep comes before all else."""
    open_ones = Finding.objects.filter(settled_at=None)
    count, oldest = _counted(open_ones, "opened_at")
    has_day = open_ones.filter(due_by__isnull=False).exists() if count else False
    words = _("One of them has to be answered by a certain day.") if has_day else ""
    return Waiting(
        _("Open questions about money"), count, oldest, "office-questions", words=words, is_trouble=has_day
    )


def _campaigns() -> Waiting:
    """Campaigns that another person of the secretariat has to open or send back."""
    count, oldest = _counted(Campaign.objects.filter(state=Campaign.State.REVIEW), "submitted_at")
    return Waiting(_("Campaigns that wait for a second person"), count, oldest, "office-campaigns")


def _gifts() -> Waiting:
    """Gifts whose end is not known; younger ones are people still typing."""
    pending = Donation.objects.filter(state__in=Donation.WAITING, started_at__lt=now() - LATE)
    count, oldest = _counted(pending, "started_at")
    words = _("They are asked about again by themselves. After a day, look at the payment company.")
    return Waiting(_("Gifts being checked"), count, oldest, words=words)


def _monthly() -> Waiting:
    """Monthly gifts that were stopped or changed here, and Stripe has not heard of it yet."""
    rows = Pledge.objects.filter(state=Pledge.State.ACTIVE, to_stripe_at__lt=now() - LATE)
    count, oldest = _counted(rows, "to_stripe_at")
    words = _("They are told again by themselves. After a day, stop them on the page of the payment company.")
    return Waiting(
        _("Monthly gifts to stop or change at the payment company"),
        count,
        oldest,
        "office-monthly",
        words=words,
        is_trouble=True,
    )


def _shield() -> Waiting:
    """Many cards were declined, and the form guards itself."""
    since = up_since()
    label = _("The gift form guards itself against tried-out cards")
    if since is None:
        return Waiting(label, 0, None)
    facts = {"declined": tries_within(current_program_id(), SOON_SECONDS).declined}
    words = _(
        "Declined within ten minutes: %(declined)s. Gifts still come in. It ends after 30 quiet minutes."
    )
    return Waiting(label, 1, since, words=words % facts, is_trouble=True)


def _gifts_by_hand() -> Waiting:
    """Gifts that one person noted and another has to book."""
    waiting = OfflineGift.objects.filter(state=OfflineGift.State.WAITING)
    count, oldest = _counted(waiting, "noted_at")
    words = _("Another person than the one who noted it books it.")
    return Waiting(_("Gifts by hand to book"), count, oldest, "money-gifts", words=words)


def _refunds() -> Waiting:
    """Refunds that one person proposed and another has to approve."""
    count, oldest = _counted(Refund.objects.filter(state=Refund.State.PROPOSED), "asked_at")
    words = _("Another person than the one who proposed it approves it.")
    return Waiting(_("Refunds to approve"), count, oldest, "office-refunds", words=words)


def _receipts() -> Waiting:
    """Donors who asked for a receipt that cannot be issued before somebody fills the settings in."""
    count, oldest = _counted(blocked_asks(), "asked_at")
    words = _(
        "The settings for receipts are not complete. Fill them in, and the receipts go out by themselves."
    )
    return Waiting(_("Receipts that wait for settings"), count, oldest, "office-receipts", words=words)


def _bank_lines() -> Waiting:
    """Money in the bank that nothing explains; the oldest by its day in the bank."""
    found = unexplained_lines().aggregate(count=Count("id"), oldest=Min("on"))
    oldest = start_of(found["oldest"]) if found["oldest"] else None
    return Waiting(_("Bank lines to explain"), found["count"], oldest, "money-bank")


def _refunds_to_send() -> Waiting:
    """Refunds of gifts by hand: approved and booked, but no line of the bank shows that somebody sent the money."""
    count, oldest = _counted(refunds_to_send().order_by(), "decided_at")
    return Waiting(_("To be sent by bank"), count, oldest, "office-refunds")


def _reserve() -> Waiting:
    """The loss reserve, when it is below zero or would not pay for the largest gift that may be taken back."""
    left_yen, wanted_yen = covered_by_reserve()
    facts = {"yen": written_yen(abs(left_yen)), "wanted": written_yen(wanted_yen)}
    if left_yen < 0:
        words = _(
            "It is %(yen)s yen below zero. No coupon is issued from funds of campaigns until it is filled."
        )
        short = Finding.objects.filter(kind=Finding.Kind.RESERVE_SHORT, settled_at=None)
        return Waiting(
            _("Loss reserve below zero"),
            1,
            _counted(short, "opened_at")[1],
            "money-reserve",
            words=words % facts,
            is_trouble=True,
            missing_yen=-left_yen,
        )
    words = _("It holds %(yen)s yen; the largest gift that may be taken back is %(wanted)s yen.")
    short_yen = max(wanted_yen - left_yen, 0)
    label = _("Loss reserve is low")
    return Waiting(
        label, int(short_yen > 0), None, "money-reserve", words=words % facts, missing_yen=short_yen
    )


def _reserve_fills() -> Waiting:
    """Money for the loss reserve that one person asked for and another has to move."""
    count, oldest = _counted(ReserveFill.objects.filter(state=ReserveFill.State.WAITING), "asked_at")
    words = _("Another person than the one who asked moves the money.")
    return Waiting(_("Money for the loss reserve"), count, oldest, "money-reserve", words=words)


def _invitations() -> Waiting:
    """Those to the secretariat go out only when another person of it has approved them."""
    found = open_invitations().aggregate(
        count=Count("id"),
        oldest=Min("created_at"),
        waiting=Count("id", filter=Q(role__in=BY_TWO, approved_at=None)),
    )
    words = _("An invitation to the secretariat waits for a second person.") if found["waiting"] else ""
    return Waiting(
        _("Invitations not yet accepted"), found["count"], found["oldest"], "office-people", words=words
    )


def _jobs() -> Waiting:
    """Long jobs that run, or that stopped before their end."""
    unfinished = Job.objects.filter(
        Q(state=Job.State.RUNNING) | Q(state=Job.State.STOPPED, done__lt=F("total"))
    )
    found = unfinished.aggregate(
        count=Count("id"),
        oldest=Min("started_at"),
        first=Min("id"),
        stopped=Count("id", filter=Q(state=Job.State.STOPPED)),
    )
    is_trouble = bool(found["stopped"])
    words = _("One of them stopped before its end.") if is_trouble else ""
    return Waiting(_("Long jobs"), found["count"], found["oldest"], "job", found["first"], words, is_trouble)


def _messages() -> Waiting:
    late = Message.objects.filter(done_at__isnull=True, created_at__lt=now() - LATE)
    count, oldest = _counted(late, "created_at")
    words = _("Mails or jobs do not leave. Please tell whoever runs the servers.")
    return Waiting(_("Messages not delivered"), count, oldest, words=words, is_trouble=True)


def _mails_back() -> Waiting:
    """Addresses that mails no longer go to, because they come back or their reader complained."""
    count, oldest = _counted(stopped_addresses(), "noted_at")
    return Waiting(_("Addresses that mails do not reach"), count, oldest, "office-mails-back")


def moment_of_id(pk: int) -> datetime:
    """When a row was made, by its time-ordered id (programs/fields.py)."""
    return FIRST_ID_MOMENT + timedelta(milliseconds=pk >> 12)
