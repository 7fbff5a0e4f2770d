"""Take over a gift that was paid before this system kept the books."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from donations.confirm import book_gift
from donations.give import Donor
from donations.models import Campaign, Donation
from donations.rules import may_run_campaigns
from kernel.yen import share_yen
from ledger.post import post
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class PastPayment:
    """What Stripe's list of the past says."""

    amount_yen: int
    fee_yen: int
    paid_at: datetime


@transaction.atomic
def record_past_gift(
    *, campaign: Campaign, donor: Donor, payment: PastPayment, request_key: UUID, actor: Membership
) -> Donation:
    """Book a gift of the past with real postings. No mail, no account for the donor.

    campaign: opened; with organisation, its accounts, fund and operating loaded it costs fewer queries.
    A repeat of the key returns the first. Raises NotAllowed; nothing is written then.
    """
    require(may_run_campaigns(actor))
    donation: Donation
    donation, is_new = Donation.objects.get_or_create(
        request_key=request_key,
        defaults={
            "campaign": campaign,
            "email": donor.email.lower(),
            "public_name": donor.public_name,
            "is_anonymous": donor.is_anonymous,
            "amount_yen": payment.amount_yen,
            "operating_yen": share_yen(payment.amount_yen, campaign.operating_per_mille),
            "agreement_version": donor.agreement_version,
            "language": donor.language,
            "started_at": payment.paid_at,
        },
    )
    if is_new:
        book_gift(donation, fee_yen=payment.fee_yen, paid_at=payment.paid_at)
        _is_at_the_bank(donation, payment)
    return donation


def _is_at_the_bank(donation: Donation, payment: PastPayment) -> None:
    """Stripe paid it out long ago, so nothing of it may wait at Stripe."""
    organisation = donation.campaign.organisation
    post(
        debit=organisation.bank,
        credit=organisation.clearing,
        amount_yen=payment.amount_yen - payment.fee_yen,
        source=donation.source,
        leg=4,
    )
