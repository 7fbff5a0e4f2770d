"""What goes with the present campaign: a drawn picture, a first update, and a draft that waits for a second person."""

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from config.demo_data.cast import member
from donations.add_picture import add_picture
from donations.draft_campaign import Plan, draft_campaign
from donations.draft_update import News, draft_update
from donations.models import Campaign
from donations.post_update import post_update
from donations.revise_story import revise_story
from donations.submit_campaign import submit_campaign
from kernel.clock import today
from programs.models import Membership, Program, Role

SIZE = (1200, 720)
EVENING, WALL, LIGHT, FRAME, DESK, BOOK = (
    (27, 45, 84),
    (40, 62, 108),
    (255, 214, 102),
    (24, 34, 61),
    (133, 92, 58),
    (245, 245, 240),
)


def tell(program: Program, campaign: Campaign, office: Membership) -> None:
    """A picture in the story, an update on the page, and a campaign that someone else wrote."""
    add_picture(
        campaign=campaign,
        content=evening_window(),
        alt="夕方、明かりのついた窓と、ノートを広げた机",
        alt_en="A lit window in the evening, and a desk with an open notebook",
        actor=office,
    )
    pictured = "\n\n![](picture:1)"
    revise_story(
        campaign=campaign,
        story=campaign.story + pictured,
        story_en=campaign.story_en + pictured,
        actor=office,
    )
    news = News(
        title="募集を始めました",
        body="前の募集では**731人**の方にご寄付をいただき、54人の子どもにクーポンを届けました。\n\n"
        "次の年度も続けるために、新しい募集を始めます。使いみちは、このページで報告します。",
        title_en="A new campaign has begun",
        body_en="**731 people** gave to the last campaign, and 54 children got a coupon.\n\n"
        "To go on next year we begin a new one. What it does will be told on this page.",
    )
    post_update(update=draft_update(campaign=campaign, news=news, actor=office), actor=office)
    _waiting_draft(program, campaign)


def _waiting_draft(program: Program, campaign: Campaign) -> None:
    """Written by another person, so that whoever signs in as the secretariat can open it."""
    writer = member(program, Role.OFFICE, "事務局 二宮", "office2")
    begins = today() + timedelta(days=30)
    plan = Plan(
        title="夏休みの講習に、もう一歩",
        title_en="One step more: summer courses",
        story="夏休みの講習に通いたい中学生のための募集です。\n\n"
        "## 使いみち\n\n- 夏期講習の費用\n- 教材の費用\n\n届かないときも、集まったお金は約束どおりに使います。",
        story_en="For junior high school students who want to take a summer course.",
        goal_yen=1_500_000,
        first_day=begins,
        last_day=begins + timedelta(days=45),
        operating_per_mille=100,
        presets=[2_000, 5_000, 20_000],
    )
    draft = draft_campaign(organisation=campaign.organisation, plan=plan, actor=writer)
    submit_campaign(campaign=draft, actor=writer)


def evening_window() -> bytes:
    """Drawn, not photographed: no picture of a child, and nobody's rights."""
    image = Image.new("RGB", SIZE, EVENING)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 560), fill=WALL)
    draw.rectangle((400, 90, 800, 470), fill=FRAME)
    for left in (415, 610):
        for top in (105, 290):
            draw.rectangle((left, top, left + 175, top + 165), fill=LIGHT)
    draw.rectangle((0, 560, SIZE[0], SIZE[1]), fill=DESK)
    draw.polygon([(430, 640), (600, 600), (600, 680), (420, 710)], fill=BOOK)
    draw.polygon([(600, 600), (770, 640), (780, 710), (600, 680)], fill=BOOK)
    draw.line((600, 600, 600, 680), fill=FRAME, width=3)
    for line in range(4):
        draw.line((455, 650 + line * 13, 580, 622 + line * 15), fill=(170, 180, 200), width=2)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
