"""The mail that tells a donor of an update: the same for the preview, the copy to oneself and the sending."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.mails import sample_gift, update_mail
from donations.models import CampaignUpdate, Donation, UpdateMail
from donations.stop_updates import wants_updates
from outbox.mail import send_mail_about
from outbox.mail_kinds import Written
from outbox.models import Message
from programs.models import Membership, Program


def mail_of_update(
    update: CampaignUpdate, program: Program, language: str, gift: Donation | None = None
) -> Written:
    """The mail in that language; without a gift the link that stops the mails opens nothing."""
    with override("en" if language == "en" else "ja"):
        return update_mail(update, gift or sample_gift(program, pk=0, campaign=update.campaign), program)


def tell_donor_of_update(message: Message) -> None:
    """Mail one donor, unless the address was taken off meanwhile."""
    mail = UpdateMail.objects.select_related("update__campaign__organisation", "donation").get(
        pk=message.facts["mail_id"]
    )
    if not wants_updates(mail.email):
        mail.is_stopped = True
        mail.save(update_fields=["is_stopped"])
        return
    program = Program.objects.get(pk=message.program_id)
    written = mail_of_update(mail.update, program, mail.donation.language, mail.donation)
    send_mail_about(message, to=mail.email, mail=written)


def send_copy(message: Message) -> None:
    """The update as its donors will get it, to the person of the secretariat who asked, before it is sent."""
    update = CampaignUpdate.objects.select_related("campaign__organisation").get(
        pk=message.facts["update_id"]
    )
    person = Membership.objects.select_related("user").get(pk=message.facts["membership_id"])
    program = Program.objects.get(pk=message.program_id)
    written = mail_of_update(update, program, message.facts["language"])
    with override(person.user.language):
        subject = _("[Copy for you] %(subject)s") % {"subject": written.subject}
    send_mail_about(message, to=person.user.email, mail=replace(written, subject=subject, headers={}))
