"""What the pages about receipts read."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.issue_receipts import waiting_asks
from donations.models import Donation, Organisation, Receipt, ReceiptAsk, ReceiptLine
from donations.queries import paid_gifts
from donations.settled import is_settled, kept_yen, receipt_day
from kernel.clock import today

YEARS_SHOWN = 3


@dataclass(frozen=True)
class Waiting:
    """How many wait for the receipts of a year of an organisation."""

    organisation: Organisation
    year: int
    count: int


@dataclass(frozen=True)
class GiftYear:
    """A donor's gifts of a tax year to an organisation that are on no receipt yet."""

    organisation: Organisation
    year: int
    yen: int
    count: int
    is_asked: bool

    @property
    def is_over(self) -> bool:
        return today().year > self.year


def waiting_lists() -> list[Waiting]:
    """Per organisation and year, the last few years; years in which nobody waits are left out."""
    this_year = today().year
    lists = [
        Waiting(organisation, year, waiting_asks(organisation, year).count())
        for organisation in Organisation.objects.order_by("name")
        for year in range(this_year, this_year - YEARS_SHOWN, -1)
    ]
    return [one for one in lists if one.count]


def receipts_of(email: str) -> QuerySet[Receipt]:
    """The receipts of gifts made with that e-mail address, the newest first."""
    found: QuerySet[Receipt] = Receipt.objects.filter(email=email.lower()).select_related("organisation")
    return found.order_by("-id")


def gift_years_of(email: str) -> list[GiftYear]:
    """Years for which a donor may ask for one receipt, the newest first."""
    on_one = ReceiptLine.objects.filter(is_valid=True).values("donation")
    gifts = paid_gifts().filter(email=email.lower()).exclude(pk__in=on_one)
    single = ReceiptAsk.objects.filter(donation__in=gifts.values("pk")).values("donation")
    gifts = gifts.exclude(pk__in=single).select_related("campaign__organisation")
    asked = set(
        ReceiptAsk.objects.filter(email=email.lower(), year__isnull=False).values_list(
            "organisation_id", "year"
        )
    )
    found: dict[tuple[int, int], list[Donation]] = {}
    for gift in gifts:
        organisation = gift.campaign.organisation
        day = receipt_day(gift, organisation.receipt_date_policy)
        found.setdefault((day.year, organisation.pk), []).append(gift)
    return [
        GiftYear(
            group[0].campaign.organisation,
            year,
            sum(kept_yen(gift) for gift in group),
            len(group),
            (organisation_id, year) in asked,
        )
        for (year, organisation_id), group in sorted(found.items(), reverse=True)
    ]


def how_receipt_stands(donation: Donation) -> str:
    """open (may be asked for), issued, none (not paid), or what one that was asked for waits for.

    unsettled: the payment company has not booked the gift; unready: the organisation's settings are not complete;
    year_end: one for the whole year, which is not over; asked: it is the next one's turn.
    """
    if donation.state != Donation.State.PAID:
        return "none"
    if ReceiptLine.objects.filter(donation=donation, is_valid=True).exists():
        return "issued"
    organisation = donation.campaign.organisation
    is_asked = ReceiptAsk.objects.filter(donation=donation).exists()
    year = receipt_day(donation, organisation.receipt_date_policy).year
    of_year = ReceiptAsk.objects.filter(organisation=organisation, year=year, email=donation.email)
    if not is_asked and not (donation.email and of_year.exists()):
        return "open"
    if not is_settled(donation):
        return "unsettled"
    if not organisation.can_receipt:
        return "unready"
    return "asked" if is_asked or today().year > year else "year_end"


def blocked_asks() -> QuerySet[ReceiptAsk]:
    """Who asked for a receipt and waits because the organisation's settings are not complete."""
    unready = [one.pk for one in Organisation.objects.order_by("id") if not one.can_receipt]
    has_one = Exists(Receipt.objects.filter(ask=OuterRef("pk"), state=Receipt.State.ISSUED))
    found: QuerySet[ReceiptAsk] = ReceiptAsk.objects.filter(~has_one, organisation__in=unready)
    return found


def unsettled_asks() -> int:
    """How many asked for a receipt of a gift whose money is not settled."""
    asks = ReceiptAsk.objects.filter(Q(donation__isnull=False)).select_related("donation")
    waiting = asks.filter(donation__fee_yen__isnull=True)
    return sum(not is_settled(ask.donation) for ask in waiting)
