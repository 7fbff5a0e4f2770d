"""A donor wants no more updates of this program's campaigns, or wants them again. No sign-in."""

from django.core import signing
from django.db import transaction

from audit.record import record
from donations.models import Donation, NoUpdates

SALT = "donations.stop_updates"


def stop_key(donation: Donation) -> str:
    """The key of the link in a mail: signed, names the gift and never the address, and does not run out."""
    return signing.Signer(salt=SALT).sign_object(donation.pk)


def gift_of_key(key: str) -> Donation | None:
    """The gift that a key names; None for a forged key, or for a gift that this program does not have."""
    try:
        donation_id = signing.Signer(salt=SALT).unsign_object(key)
    except (signing.BadSignature, ValueError):
        return None
    found: Donation | None = Donation.objects.filter(pk=donation_id).first()
    return found


@transaction.atomic
def stop_updates(*, donation: Donation) -> NoUpdates:
    """Remember that the gift's address wants no updates. Twice is the same as once."""
    stopped: NoUpdates
    stopped, is_new = NoUpdates.objects.get_or_create(email=donation.email)
    if is_new:
        record("updates.stopped", actor=None, subject=donation.source)
    return stopped


@transaction.atomic
def start_updates(*, donation: Donation) -> Donation:
    """The gift's address wants updates again. Twice is the same as once."""
    removed, _ = NoUpdates.objects.filter(email=donation.email).delete()
    if removed:
        record("updates.started", actor=None, subject=donation.source)
    return donation


def wants_updates(email: str) -> bool:
    """Whether updates may be mailed to the address."""
    return not NoUpdates.objects.filter(email=email).exists()
