"""Take in a picture for a campaign: made anew by us, so that nothing of the camera or a trick is left."""

import struct
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from django.db import transaction
from django.db.models import Max
from PIL import Image, ImageOps, UnidentifiedImageError

from audit.record import record
from donations.errors import PictureTooLarge, PictureUnreadable, PictureWithoutWords
from donations.models import Campaign, CampaignPicture
from donations.rules import may_run_campaigns
from programs.models import Membership
from programs.rules import require

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000  # what a good telephone takes; read into memory they are 150 MB
WIDTH = 1200
MOST_HEIGHT = 2400
FORMATS = ["JPEG", "PNG", "WEBP"]
QUALITY = 80


@dataclass(frozen=True)
class Small:
    """A picture after it was made anew."""

    content: bytes
    width: int
    height: int


@transaction.atomic
def add_picture(
    *, campaign: Campaign, content: bytes, alt: str, alt_en: str, actor: Membership
) -> CampaignPicture:
    """Keep a picture as WebP of at most 1200 px, without camera data. The same picture twice is one.

    alt: what it shows, for those who cannot see it.
    Raises NotAllowed, PictureWithoutWords, PictureTooLarge, PictureUnreadable; nothing is written then.
    """
    require(may_run_campaigns(actor))
    if not alt.strip():
        raise PictureWithoutWords
    small = made_anew(content)  # before the lock: it takes a moment
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)  # numbers come in order
    highest = campaign.pictures.aggregate(highest=Max("number"))["highest"] or 0
    picture: CampaignPicture
    picture, is_new = CampaignPicture.objects.get_or_create(
        campaign=campaign,
        sha256=sha256(small.content).hexdigest(),
        defaults={
            "number": highest + 1,
            "content": small.content,
            "width": small.width,
            "height": small.height,
            "alt": alt.strip(),
            "alt_en": alt_en.strip(),
            "added_by": actor,
        },
    )
    if is_new:
        record("campaign.picture_added", actor=actor, subject=campaign.source, number=picture.number)
    return picture


def made_anew(content: bytes) -> Small:
    """The pixels alone, upright, at most 1200 px wide. Raises PictureTooLarge, PictureUnreadable."""
    if len(content) > MOST_BYTES:
        raise PictureTooLarge
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:  # its head says so, before a pixel is read
                raise PictureTooLarge
            opened.draft("RGB", (WIDTH * 2, MOST_HEIGHT * 2))
            upright = ImageOps.exif_transpose(opened)
            small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        TypeError,
        struct.error,
    ) as error:
        raise PictureUnreadable from error
    small.thumbnail((WIDTH, MOST_HEIGHT), Image.Resampling.LANCZOS)
    made = BytesIO()
    small.save(made, "WEBP", quality=QUALITY, method=4)  # no exif, icc_profile or xmp is handed on
    return Small(made.getvalue(), small.width, small.height)
