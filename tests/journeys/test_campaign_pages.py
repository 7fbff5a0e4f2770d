"""The pages of campaigns in every state, in a browser: accessible, within their width, light, and they never jump."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from donations.add_picture import add_picture
from donations.close_campaign import close_campaign
from donations.draft_campaign import Plan, draft_campaign
from donations.draft_update import News, draft_update
from donations.models import Campaign, Organisation
from donations.open_campaign import open_campaign
from donations.post_update import post_update
from donations.revise_story import revise_story
from donations.settle_campaign import settle_campaign
from donations.submit_campaign import submit_campaign
from kernel.clock import today
from programs.models import Membership, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.house.world import House
from tests.journeys.conftest import context_for
from tests.journeys.test_every_page import violations
from tests.walking import WIDTHS, Complaints

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
MOST_BYTES = 150_000  # of the public page with style and scripts, as they travel without pictures
STORY = (
    "学びたい気持ちがあっても、塾や習いごとに通うきっかけを持てない中学生がいます。\n\n"
    "## クーポンのしくみ\n\n- 使う先は**「学び」**だけ\n- どこで学ぶかは、子どもと保護者が選ぶ\n\n"
    "![](picture:1)\n\n[くわしい報告](https://example.jp/report)もご覧ください。"
)
# How much everything on the page moved by itself, from the first paint on.
SHIFT = """() => new Promise(done => {
    let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => { moved += e.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(moved), 600);
})"""
# What travelled: [bytes of everything but pictures, bytes of pictures].
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, e) => {
        sum[/\\/pictures\\//.test(e.name) ? 1 : 0] += e.transferSize;
        return sum;
    }, [0, 0])"""


def photograph() -> bytes:
    """A picture as a camera makes it: 1600 x 1067, full of fine detail."""
    image = Image.effect_noise((400, 267), 60).resize((1600, 1067)).convert("RGB")
    made = BytesIO()
    image.save(made, "JPEG", quality=90)
    return made.getvalue()


def tell_everything(house: House) -> dict[str, Campaign]:
    """Campaigns in each state; the open one has pictures, updates and gifts."""
    first = house.people[Role.OFFICE]
    second = member(house.program, Role.OFFICE, "reviewer@shibuya.example")
    with acting_in(house.program.pk):
        made: dict[str, Campaign] = {"open": Campaign.objects.get()}
        add_picture(
            campaign=made["open"], content=photograph(), alt="夕方の窓と机", alt_en="A desk", actor=first
        )
        revise_story(
            campaign=made["open"], story=STORY.replace("picture:1)", "picture:2)"), story_en="", actor=first
        )
        for number in range(4):
            news = News(f"第{number + 1}回の報告", "**12人**が通いはじめました。\n\n- 国語\n- 数学")
            post_update(update=draft_update(campaign=made["open"], news=news, actor=first), actor=first)
        draft_update(campaign=made["open"], news=News("つぎの報告", "下書き"), actor=first)
        organisation = Organisation.objects.get()
        for state in ("draft", "review", "closed", "settled"):
            made[state] = _brought_to(state, organisation, first, second)
    return made


def _brought_to(state: str, organisation: Organisation, first: Membership, second: Membership) -> Campaign:
    plan = Plan(
        title="次の年度も、学びを止めない",
        title_en="Keep learning going",
        goal_yen=10_000_000,
        first_day=today(),
        last_day=today() + timedelta(days=40),
        operating_per_mille=100,
        presets=[3_000, 10_000, 30_000],
        kind=Campaign.Kind.ALL_OR_NOTHING if state == "review" else Campaign.Kind.ALL_IN,
    )
    campaign = draft_campaign(organisation=organisation, plan=plan, actor=first)
    if state == "draft":
        return campaign
    campaign = submit_campaign(campaign=campaign, actor=first)
    if state == "review":
        return campaign
    campaign = close_campaign(campaign=open_campaign(draft=campaign, actor=second), actor=first)
    if state == "settled":
        settle_campaign(campaign=campaign, actor=second)
    return campaign


def too_wide(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(width, 0)


def office_paths(made: dict[str, Campaign]) -> list[str]:
    """Each page of the secretariat that these campaigns have."""
    of = {state: f"/shibuya/office/campaigns/{campaign.pk}/" for state, campaign in made.items()}
    with acting_in(made["open"].program_id):
        updates = list(made["open"].updates.order_by("-id").values_list("pk", flat=True)[:2])
    return [
        "/shibuya/office/campaigns/",
        "/shibuya/office/campaigns/new/",
        *of.values(),
        *(of["draft"] + page for page in ("edit/", "preview/", "pictures/")),
        *(of["open"] + page for page in ("story/", "extend/", "pictures/", "updates/new/")),
        *(f"/shibuya/office/updates/{pk}/" for pk in updates),
    ]


def test_every_page_of_campaigns_is_accessible_and_within_its_width(
    houses: tuple[House, House], live_server: Any, browser_of_ours: Browser, axe: str
) -> None:
    ours, _ = houses
    made = tell_everything(ours)
    public = ["/shibuya/", *(f"/shibuya/campaigns/{made[state].pk}/" for state in ("open", "settled"))]
    complaints, said = Complaints(), []
    for width in WIDTHS:
        for person, paths in ((ours.people[Role.OFFICE], office_paths(made)), (None, public)):
            context = context_for(browser_of_ours, person, live_server.url, width=width, language="ja")
            page = context.new_page()
            complaints.watch(page, live_server.url)
            for path in paths:
                answer = page.goto(live_server.url + path, wait_until="load")
                assert answer is not None and answer.status == 200, path
                said += [f"{path} at {width}: {v}" for v in violations(page, axe)]
                said += [f"{path} at {width}: {px} px too wide" for px in [too_wide(page)] if px]
            context.close()
    assert not said + complaints.said, "\n".join(said + complaints.said)


def test_the_public_page_is_light_and_does_not_jump(
    houses: tuple[House, House],
    live_server: Any,
    browser_of_ours: Browser,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = tell_everything(houses[0])
    context = context_for(browser_of_ours, None, live_server.url, language="ja")
    page = context.new_page()
    page.goto(f"{live_server.url}/shibuya/campaigns/{made['open'].pk}/", wait_until="load")
    page.locator("img.story-picture").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    shift, (light, pictures) = page.evaluate(SHIFT), page.evaluate(WEIGHT)

    with capsys.disabled():
        print(f"\ncampaign page: {light:,} bytes and {pictures:,} of pictures, layout shift {shift:.4f}")
    assert light < MOST_BYTES and pictures > 1_000
    assert shift < 0.01
    context.close()
