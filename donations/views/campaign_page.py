"""What the campaign's page shows: the same for a donor and for the secretariat's preview."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from donations.forms import GiveForm
from donations.models import Campaign, CampaignPicture, CampaignUpdate
from donations.queries import Chip, chips_of, latest_gifts, running_costs_paid_yen, standing_of, updates_of
from donations.story import TOP, drawn, story_html
from kernel.templatetags.look import in_japanese, named, tenths, yen
from programs.models import Program

OPENED_UPDATES = 3  # the others stand as links


def campaign_context(program: Program, campaign: Campaign, form: GiveForm) -> dict[str, Any]:
    """All that donations/campaign.html needs. Nothing in it differs per visitor but the form's keys."""
    standing, updates = standing_of(campaign), updates_of(campaign)
    shown, story = updates[:OPENED_UPDATES], in_language(campaign.story, campaign.story_en)
    bodies = [in_language(update.body, update.body_en) for update in shown]
    pictures = pictures_of(campaign, [story, *bodies])
    return {
        "campaign": campaign,
        "standing": standing,
        "form": form,
        "chips": impacts_of(campaign),
        "latest": latest_gifts(campaign),
        "story": rich(program, pictures, story),
        "updates": [
            (update, rich(program, pictures, body)) for update, body in zip(shown, bodies, strict=True)
        ],
        "older_updates": updates[OPENED_UPDATES:],
        "operating_per_cent": tenths(campaign.operating_per_mille),
        "actual_per_cent": tenths(standing.operating_per_mille),
        "running_costs_paid_yen": running_costs_paid_yen(),
        "report": campaign.reports.first() if campaign.state == Campaign.State.SETTLED else None,
    }


def update_context(program: Program, update: CampaignUpdate, *, top: int = 2) -> dict[str, Any]:
    """All that donations/campaign_update.html needs. top: the level of the text's first heading."""
    body = in_language(update.body, update.body_en)
    return {
        "update": update,
        "campaign": update.campaign,
        "body": rich(program, pictures_of(update.campaign, [body]), body, top=top),
    }


def in_language(japanese: str, english: str) -> str:
    """The text for the reader; the Japanese one where there is no English."""
    return japanese if in_japanese() else english or japanese


def pictures_of(campaign: Campaign, texts: Iterable[str]) -> list[CampaignPicture]:
    """The campaign's pictures without their bytes; nothing is asked when no text shows one."""
    if not any("picture:" in text for text in texts):
        return []
    return list(campaign.pictures.defer("content"))


def rich(program: Program, pictures: list[CampaignPicture], text: str, *, top: int = TOP) -> SafeString:
    """A text of the campaign as HTML, with its pictures at their addresses."""

    def draw(picture: CampaignPicture) -> str:
        address = reverse("campaign-picture", args=[program.slug, picture.sha256])
        return drawn(picture, address, named(picture))

    return story_html(text, pictures, draw, top=top)


def impacts_of(campaign: Campaign) -> list[tuple[int, str]]:
    """Each preset with what it truly does, in words."""
    return [(chip.yen, _impact(chip, campaign.is_all_or_nothing)) for chip in chips_of(campaign)]


def _impact(chip: Chip, is_promise: bool) -> str:
    facts: dict[str, Any] = {"yen": yen(chip.coupon_yen), "days": chip.days}
    if chip.days and is_promise:
        return gettext("%(yen)s would be for coupons: about %(days)s days of one child's learning") % facts
    if is_promise:
        return gettext("%(yen)s would be for coupons") % facts
    if chip.days:
        return gettext("%(yen)s for coupons: about %(days)s days of one child's learning") % facts
    return gettext("%(yen)s for coupons") % facts
