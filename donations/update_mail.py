"""The mail that tells a donor of an update: the same for the preview and for the sending."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from donations.models import Campaign, CampaignUpdate, Donation, UpdateMail
from donations.stop_updates import stop_key, wants_updates
from donations.story import story_text
from kernel.templatetags.look import named
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program


@dataclass(frozen=True)
class Written:
    """A mail as it is sent."""

    subject: str
    body: str
    stop_address: str


def mail_of_update(update: CampaignUpdate, gift: Donation, program: Program, language: str) -> Written:
    """The mail in that language; the Japanese words where the update has no English ones."""
    with override(language):
        is_english = language == "en" and bool(update.body_en)
        text = update.body_en if is_english else update.body
        pictures = dict(update.campaign.pictures.values_list("number", "alt_en" if is_english else "alt"))
        stop_address = settings.PUBLIC_URL + reverse("updates-stop", args=[program.slug, stop_key(gift)])
        place = reverse("campaign-update", args=[program.slug, update.campaign_id, update.pk])
        story = reverse("fund-story", args=[program.slug, update.campaign_id])
        context = {
            "update": update,
            "campaign": update.campaign,
            "program": program,
            "text": story_text(text, pictures),
            "address": settings.PUBLIC_URL + place,
            "story_address": settings.PUBLIC_URL + story,
            "stop_address": stop_address,
        }
        body = render_to_string("donations/mail/update.txt", context)
        return Written(named(update), body, stop_address)


def sample_gift(campaign: Campaign) -> Donation:
    """A gift for the preview's link; it names no one and opens nothing."""
    return Donation(pk=0, program_id=campaign.program_id, campaign=campaign)


def tell_donor_of_update(message: Message) -> None:
    """Mail one donor, unless the address was taken off meanwhile."""
    mail = UpdateMail.objects.select_related("update__campaign", "donation").get(pk=message.facts["mail_id"])
    if not wants_updates(mail.email):
        mail.is_stopped = True
        mail.save(update_fields=["is_stopped"])
        return
    program = Program.objects.get(pk=message.program_id)
    language = "en" if mail.donation.language == "en" else "ja"
    written = mail_of_update(mail.update, mail.donation, program, language)
    send_mail_about(
        message,
        to=mail.email,
        subject=written.subject,
        body=written.body,
        headers={
            "List-Unsubscribe": f"<{written.stop_address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
