"""A donor asks for a receipt: for one gift, or one for all gifts of a year."""

from django.db import IntegrityError, transaction

from audit.record import record
from donations.errors import AlreadyOnReceipt, NameAndAddressNeeded, NothingToReceipt, NotSettled
from donations.models import Addressee, Donation, Organisation, ReceiptAsk, ReceiptLine
from donations.receipt_queries import gift_years_of
from donations.typeset import check_can_be_written
from outbox.put import put
from programs.models import Membership


@transaction.atomic
def ask_for_receipt(*, donation: Donation, addressee: Addressee, actor: Membership | None) -> ReceiptAsk:
    """Want a receipt for one paid gift. Asked again before it is issued: the newer name and address hold.

    Who has the gift's own address may ask; actor is None then. It is issued once the money is settled.
    Raises NotSettled (not even paid), NameAndAddressNeeded, CannotBeWritten, AlreadyOnReceipt;
    nothing is written then.
    """
    donation = Donation.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=donation.pk)
    if donation.state != Donation.State.PAID:
        raise NotSettled
    _check_addressee(addressee)
    if ReceiptLine.objects.filter(donation=donation, is_valid=True).exists():
        raise AlreadyOnReceipt
    if not donation.kept_yen:
        raise NothingToReceipt
    ask = ReceiptAsk.objects.filter(donation=donation).first() or ReceiptAsk(
        donation=donation, organisation_id=donation.campaign.organisation_id, email=donation.email
    )
    return _keep(ask, addressee, actor)


@transaction.atomic
def ask_for_year(
    *, organisation: Organisation, year: int, addressee: Addressee, actor: Membership
) -> ReceiptAsk:
    """Want one receipt for all gifts of the tax year `year` that were made with the actor's e-mail address.

    Issued by the secretariat when the year is over; gifts on a receipt of their own are left out.
    Raises NameAndAddressNeeded, CannotBeWritten; nothing is written then.
    """
    given = gift_years_of(actor.user.email)
    if year not in {one.year for one in given if one.organisation.pk == organisation.pk}:
        raise NothingToReceipt
    _check_addressee(addressee)
    key = {"organisation": organisation, "year": year, "email": actor.user.email.lower()}
    ask = ReceiptAsk.objects.select_for_update(of=("self",)).filter(**key).first() or ReceiptAsk(**key)
    return _keep(ask, addressee, actor)


def _check_addressee(addressee: Addressee) -> None:
    if not addressee.is_whole:
        raise NameAndAddressNeeded
    check_can_be_written(addressee)


def _keep(ask: ReceiptAsk, addressee: Addressee, actor: Membership | None) -> ReceiptAsk:
    ask.seal_addressee(addressee)
    try:
        with transaction.atomic():
            ask.save()
    except IntegrityError:  # the same form sent twice at one moment: the first one stands
        same = {"donation": ask.donation} if ask.donation_id else {"year": ask.year, "email": ask.email}
        first: ReceiptAsk = ReceiptAsk.objects.get(organisation=ask.organisation, **same)
        return first
    record("receipt.asked", actor=actor, subject=f"receipt_ask:{ask.pk}")
    put("receipt_asked", about=f"receipt_ask:{ask.pk}", ask_id=ask.pk)
    return ask
