"""Every page that each kind of person can reach: accessible, within its width, quiet, no way out of the site.

axe: WCAG 2.0 to 2.2, A and AA, and best practice, at 390 and 1280 px, in Japanese and English.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from programs.models import Role
from tests.house.world import House
from tests.journeys.conftest import context_for
from tests.walking import WIDTHS, Complaints, Visitor, walk

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
HOMES = {
    Role.OFFICE: "/shibuya/office/",
    Role.CITY: "/shibuya/city/",
    Role.PROVIDER_ADMIN: "/shibuya/school/",
    Role.COUNTER: "/shibuya/counter/",
    Role.GUARDIAN: "/shibuya/family/",
    Role.DONOR: "/shibuya/my/",
}
# At least so many kinds of pages are reached from each home: the walk must not end at a broken link.
AT_LEAST = {
    "nobody": 6,
    Role.OFFICE: 9,
    Role.CITY: 2,
    Role.PROVIDER_ADMIN: 3,
    Role.COUNTER: 2,
    Role.GUARDIAN: 3,
}


def violations(page: Page, axe: str) -> list[str]:
    """What axe says of the page, in short."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, rules).then(r => r.violations)", RULES
    )
    return [f"{v['id']} {v['help']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])}x)" for v in found]


@pytest.mark.parametrize("who", ["nobody", *Role])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of(
    who: str, language: str, houses: tuple[House, House], live_server: Any, browser_of_ours: Browser, axe: str
) -> None:
    ours, _ = houses
    person = None if who == "nobody" else ours.people[who]
    starts = ["/", "/accounts/login/", "/shibuya/"] if person is None else [HOMES[Role(who)], "/start/"]
    if person is None:
        starts += [f"/shibuya/gifts/{ours.things['gift'][0]}/", "/shibuya/no-such-page/"]
    extra = {f"device_{ours.program.pk}": ours.token} if who == Role.COUNTER else {}
    complaints = Complaints()
    said: list[str] = []
    for width in WIDTHS if language == "ja" else (390,):
        context = context_for(
            browser_of_ours, person, live_server.url, width=width, language=language, **extra
        )

        def look(page: Page, name: str, width: int = width) -> None:
            said.extend(f"{page.url} at {width}: {v}" for v in violations(page, axe))
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if overflow > 0:
                said.append(f"{page.url} at {width}: {overflow} px too wide")

        context.on("page", lambda page: complaints.watch(page, live_server.url))
        kinds = walk(Visitor(who, starts, context), live_server.url, look)
        context.close()
        assert len(kinds) >= AT_LEAST.get(who, 2), kinds
    noise = [c for c in complaints.said if "404" not in c]
    assert not said + noise, "\n".join(said + noise)
