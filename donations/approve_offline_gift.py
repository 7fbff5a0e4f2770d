"""Book a gift that another person noted by hand."""

from uuid import uuid5

from django.db import transaction

from audit.record import record
from donations.confirm import book_gift, open_donors_page
from donations.errors import AlreadyDecided, NotedYourself
from donations.models import Donation, OfflineGift
from donations.rules import may_handle_money
from kernel.clock import now, start_of
from kernel.yen import share_yen
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def approve_offline_gift(*, gift: OfflineGift, actor: Membership) -> OfflineGift:
    """The second person says that the money is there: bank -> fund and running costs. Thanks go to an address.

    A repeat is the same as once.
    Raises NotAllowed, NotedYourself, AlreadyDecided when it was rejected; nothing is written then.
    """
    require(may_handle_money(actor))
    noted: OfflineGift = (
        OfflineGift.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation__bank", "campaign__fund", "campaign__operating")
        .get(pk=gift.pk)
    )
    if noted.state == OfflineGift.State.APPROVED:
        return noted
    if noted.state == OfflineGift.State.REJECTED:
        raise AlreadyDecided
    if noted.noted_by_id == actor.pk:
        raise NotedYourself
    donation = donation_of(noted)
    book_gift(donation, fee_yen=0, paid_at=start_of(noted.received_on))
    noted.state, noted.donation = OfflineGift.State.APPROVED, donation
    noted.decided_by, noted.decided_at = actor, now()
    noted.save(update_fields=["state", "donation", "decided_by", "decided_at"])
    record("offline_gift.approved", actor=actor, subject=str(noted), amount_yen=noted.amount_yen)
    if donation.email:
        open_donors_page(donation)
        put("gift_paid", about=donation.source, donation_id=donation.pk)
    return noted


def donation_of(noted: OfflineGift) -> Donation:
    """The gift as it would be booked; not saved. The preview shows the same."""
    campaign = noted.campaign
    return Donation(
        campaign=campaign,
        email=noted.email,
        is_anonymous=True,  # nobody asked whether the name may be shown
        amount_yen=noted.amount_yen,
        operating_yen=share_yen(noted.amount_yen, campaign.operating_per_mille),
        request_key=uuid5(noted.request_key, "donation"),
        agreement_version="",
        method=noted.way,
        started_at=start_of(noted.received_on),
    )
