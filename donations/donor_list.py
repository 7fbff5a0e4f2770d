"""The list of donors for the authorities: name, address, amount and day of every gift of a fiscal year."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from audit.record import record
from donations.models import Addressee, Donation, Organisation, ReceiptAsk, ReceiptLine
from donations.rules import may_read_donor_list
from donations.settled import kept_yen, receipt_day, settled_gifts
from kernel.csv_file import csv_file
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def donor_list(*, organisation: Organisation, year: int, actor: Membership) -> bytes:
    """The list as CSV, by the organisation's fiscal year `year` (1 April to 31 March) and its date policy.

    Each taking of it stands in the trail. Who asked for no receipt has told us no name. Raises NotAllowed.
    """
    require(may_read_donor_list(actor))
    gifts = [
        gift
        for gift in settled_gifts(organisation, date(year, 4, 1), date(year + 1, 4, 1))
        if kept_yen(gift) > 0
    ]
    with override("ja"):  # whoever takes it, the authorities read it
        head = [
            _("Name"), _("Postal code"), _("Address"), _("Amount in yen"), _("Day"), _("Receipt number"),
            _("Gift number"),
        ]  # fmt: skip
        rows = _rows(organisation, gifts)
    record(
        "donor_list.taken",
        actor=actor,
        subject=f"organisation:{organisation.pk}",
        year=year,
        gifts=len(gifts),
    )
    return csv_file(head, rows)


def _rows(organisation: Organisation, gifts: list[Donation]) -> list[list[str | int]]:
    lines = ReceiptLine.objects.filter(donation__in=gifts, is_valid=True).select_related("receipt__ask")
    numbers = {line.donation_id: line.receipt.full_number for line in lines}
    asks = ReceiptAsk.objects.filter(organisation=organisation)
    on_receipt = {line.donation_id: line.receipt.ask for line in lines}
    of_gift = {ask.donation_id: ask for ask in asks.filter(donation__in=gifts)}
    of_year = {(ask.email, ask.year): ask for ask in asks.filter(year__isnull=False)}
    opened: dict[int, Addressee] = {}
    rows: list[list[str | int]] = []
    for gift in gifts:
        day = receipt_day(gift, organisation.receipt_date_policy)
        ask = on_receipt.get(gift.pk) or of_gift.get(gift.pk) or of_year.get((gift.email, day.year))
        if ask and ask.pk not in opened:
            opened[ask.pk] = ask.addressee
        who = opened[ask.pk] if ask else Addressee(_("No name was given"), "", "")
        rows.append(
            [
                who.name,
                who.postal_code,
                who.address.replace("\n", " "),
                kept_yen(gift),
                day.isoformat(),
                numbers.get(gift.pk, ""),
                str(gift.pk),
            ]
        )
    return rows
