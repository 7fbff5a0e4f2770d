"""donations.books: what verify_books asks of this floor agrees with the ledger, and bites when it does not."""

from datetime import date
from uuid import uuid4

from django.db import connection

from donations.books import CLAIMS, MORE, PREFIXES, totals
from donations.confirm import confirm
from donations.models import Campaign, Donation
from donations.receive_grant import receive_grant
from ledger.models import Transfer
from ledger.verify import verify
from programs.models import Membership
from tests.donations.test_confirm import pending, said_of


def violations() -> list[str]:
    """What verify_books says about this floor."""
    return verify(CLAIMS, MORE)


Row = tuple[str, int, int, int, int]


def claimed() -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(CLAIMS))
        return sorted(cursor.fetchall())


def booked() -> list[Row]:
    fields = ("source", "leg", "debit_id", "credit_id", "amount_yen")
    rows = Transfer.objects.values_list(*fields)
    return sorted(row for row in rows if row[0].startswith(PREFIXES))


def test_claims_and_transfers_are_the_same_and_totals_count(campaign: Campaign, office: Membership) -> None:
    for fee_yen in (360, None, 0):
        donation = pending(campaign)
        confirm(donation_id=donation.pk, payment=said_of(donation, fee_yen=fee_yen))
    pending(campaign)
    receive_grant(
        funder="市",
        amount_yen=500_000,
        received_on=date(2026, 4, 1),
        note="",
        request_key=uuid4(),
        actor=office,
    )

    assert claimed() == booked() and len(booked()) == 8
    assert totals() == {"donated_yen": 30_000, "donations": 3, "grants_yen": 500_000}


def test_a_changed_gift_is_seen(campaign: Campaign) -> None:
    donation = pending(campaign)
    confirm(donation_id=donation.pk, payment=said_of(donation))

    Donation.objects.update(amount_yen=20_000)

    assert claimed() != booked()
