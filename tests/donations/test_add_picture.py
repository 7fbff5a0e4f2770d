"""donations.add_picture and remove_picture, and the address where a picture is read."""

import struct
import zlib
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image, ImageDraw

from donations.add_picture import MOST_BYTES, add_picture
from donations.errors import PictureInUse, PictureTooLarge, PictureUnreadable, PictureWithoutWords
from donations.models import Campaign, CampaignPicture
from donations.remove_picture import remove_picture
from donations.revise_story import revise_story
from kernel.errors import NotAllowed, Refused
from programs.models import Membership, Program
from programs.scoping import acting_in

MAKER, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


def a_picture(
    width: int = 1600, height: int = 900, kind: str = "JPEG", colour: tuple[int, ...] = (30, 90, 160)
) -> bytes:
    """A real picture with camera data."""
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour)
    ImageDraw.Draw(image).rectangle((10, 10, width // 2, height // 2), fill=(240, 220, 90))
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "CAMERA-OF-SOMEONE", 6  # held upright: turned by a quarter
    exif.get_ifd(GPS)[2] = (35.0, 39.0, 29.0)
    made = BytesIO()
    image.save(made, kind, exif=exif)
    return made.getvalue()


def add(
    campaign: Campaign, actor: Membership, content: bytes | None = None, alt: str = "机"
) -> CampaignPicture:
    return add_picture(campaign=campaign, content=content or a_picture(), alt=alt, alt_en="", actor=actor)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_small_upright_and_without_camera_data(
    campaign: Campaign, office: Membership, kind: str
) -> None:
    given = a_picture(3000, 2000, kind)
    assert b"CAMERA-OF-SOMEONE" in given

    kept = add(campaign, office, given)

    content = bytes(kept.content)
    with Image.open(BytesIO(content)) as made:
        assert made.format == "WEBP" and made.size == (kept.width, kept.height) == (1200, 1800)
        assert not made.getexif() and "exif" not in made.info and "xmp" not in made.info
    assert b"CAMERA-OF-SOMEONE" not in content and kept.sha256 == sha256(content).hexdigest()
    assert (kept.number, kept.alt, kept.added_by) == (1, "机", office)


def test_a_small_picture_is_not_made_larger_and_what_is_clear_stays_clear(
    campaign: Campaign, office: Membership
) -> None:
    kept = add(campaign, office, a_picture(40, 20, "PNG", (1, 2, 3, 0)))

    assert (kept.width, kept.height) == (20, 40)
    assert Image.open(BytesIO(bytes(kept.content))).mode == "RGBA"


def test_the_same_picture_twice_is_one_and_others_get_the_next_number(
    campaign: Campaign, office: Membership
) -> None:
    one, again = add(campaign, office), add(campaign, office, alt="ほかの言葉")
    other = add(campaign, office, a_picture(colour=(9, 9, 9)))

    assert one.pk == again.pk and again.alt == "机" and other.number == 2
    assert CampaignPicture.objects.count() == 2


def a_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes whose head promises side x side pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", PictureUnreadable),
        (b"\xff\xd8\xff\xe0 not a picture at all", PictureUnreadable),
        (b"\x89PNG\r\n\x1a\n", PictureUnreadable),
        (a_picture()[:400], PictureUnreadable),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", PictureUnreadable),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", PictureUnreadable),
        (a_bomb(), PictureTooLarge),
        (a_bomb(8_000), PictureTooLarge),  # 64 million: Pillow alone only warns
        (b"\0" * (MOST_BYTES + 1), PictureTooLarge),
        (b"\0", PictureUnreadable),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_in_words(
    campaign: Campaign, office: Membership, content: bytes, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal) as said:
        add(campaign, office, content)
    assert str(said.value) and not CampaignPicture.objects.exists()


def test_a_bomb_is_refused_by_its_head_alone(campaign: Campaign, office: Membership) -> None:
    """60,000 x 60,000 pixels would be 10 GB: nothing near that may be asked for."""
    peak = "VmHWM"

    def most_kb() -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(peak)).split()[1])

    before = most_kb()
    with pytest.raises(PictureTooLarge):
        add(campaign, office, a_bomb())
    assert most_kb() - before < 50_000


def test_words_are_required(campaign: Campaign, office: Membership) -> None:
    with pytest.raises(PictureWithoutWords):
        add(campaign, office, alt="  ")
    assert not CampaignPicture.objects.exists()


def test_a_stranger_may_neither_add_nor_remove(
    campaign: Campaign, office: Membership, stranger: Membership
) -> None:
    with pytest.raises(NotAllowed):
        add(campaign, stranger)
    kept = add(campaign, office)
    with pytest.raises(NotAllowed):
        remove_picture(picture=kept, actor=stranger)
    assert CampaignPicture.objects.count() == 1


def test_a_picture_is_removed_once_no_text_shows_it(campaign: Campaign, office: Membership) -> None:
    kept = add(campaign, office)
    campaign = revise_story(campaign=campaign, story="![](picture:1)", story_en="", actor=office)
    with pytest.raises(PictureInUse):
        remove_picture(picture=kept, actor=office)

    revise_story(campaign=campaign, story="", story_en="", actor=office)
    remove_picture(picture=kept, actor=office)
    remove_picture(picture=kept, actor=office)

    assert not CampaignPicture.objects.exists()


def test_a_picture_is_read_at_its_own_address_and_kept_for_good(
    client: Client, program: Program, other_program: Program, campaign: Campaign, office: Membership
) -> None:
    kept = add(campaign, office)
    address = f"/{program.slug}/pictures/{kept.sha256}.webp"

    reply = client.get(address)

    assert reply.status_code == 200 and reply.content == bytes(kept.content)
    assert reply["Content-Type"] == "image/webp" and reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in reply.get("Vary", "") and not reply.cookies
    assert client.get(f"/{program.slug}/pictures/{'0' * 64}.webp").status_code == 404
    assert client.get(f"/{other_program.slug}/pictures/{kept.sha256}.webp").status_code == 404
    with acting_in(other_program.pk):
        assert not CampaignPicture.objects.exists()


def test_the_story_shows_it_with_its_size_and_words(
    client: Client, program: Program, campaign: Campaign, office: Membership
) -> None:
    kept = add(campaign, office, a_picture(800, 600), alt='"机" <b>')
    revise_story(campaign=campaign, story="![](picture:1)", story_en="", actor=office)

    html = client.get(f"/{program.slug}/campaigns/{campaign.pk}/").content.decode()

    assert (
        f'src="/{program.slug}/pictures/{kept.sha256}.webp" alt="&quot;机&quot; &lt;b&gt;"'
        f' width="{kept.width}" height="{kept.height}"' in html
    )
