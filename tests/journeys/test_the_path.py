"""One yen from a donor to a school, clicked in Chromium on real parts, on a phone and on a desk.

Stand-in Stripe, Redis, web server, Celery worker and relay run as processes; webhooks come over HTTP.
Also what a person meets who types something wrong, and the same pages without JavaScript.
"""

import json
import re
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coupons.models import Redemption
from donations.models import Donation
from kernel.codes import new_code, shown
from outbox.models import Message
from programs.models import Membership
from programs.scoping import acting_in
from tests.journeys.cast import FACE_YEN, FUND, NICKNAME, OTHERS, OTHERS_USED_YEN, Cast, gather
from tests.journeys.conftest import context_for
from tests.journeys.product import STRIPE_SECRET, Product, running_product, wait_until
from tests.walking import WIDTHS, Complaints

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]

GIFT_YEN = 250_000  # less 20 % for running costs: 200,000 yen, one coupon to the yen
FULL_WIDTH = str.maketrans({chr(number): chr(number + 0xFEE0) for number in range(0x21, 0x7F)})
numbers = count()  # each test has a program of its own name: the running servers remember names for seconds
Visit = Callable[[Membership | None, int], Page]


@pytest.fixture(scope="module")
def product(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for the file."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture
def cast(transactional_db: None, product: Product) -> Iterator[Cast]:
    """The people, and the stand-in told where the organisation's webhooks go; at the end nothing is under way."""
    made = gather(f"path-{next(numbers)}")
    url = f"{product.url}{made.home}webhooks/stripe/{made.endpoint}/"
    product.standin.control("webhooks", {"key": made.stripe_key, "url": url, "secret": STRIPE_SECRET})
    yield made
    product.standin.settled(seconds=20)  # every webhook was answered with 2xx
    wait_until(lambda: everything_was_told(made), seconds=30, words=product.words)


@pytest.fixture
def complaints() -> Complaints:
    """What no page may do: errors on the console, a broken content policy, a request elsewhere."""
    return Complaints()


@pytest.fixture
def visit(cast: Cast, product: Product, browser_of_ours: Browser, complaints: Complaints) -> Iterator[Visit]:
    """`visit(person, width)` is a page of that person's own browser."""
    opened: list[BrowserContext] = []

    def open_page(person: Membership | None, width: int) -> Page:
        extra = {f"device_{cast.program.pk}": cast.device_token} if person == cast.clerk else {}
        context = context_for(browser_of_ours, person, product.url, width=width, language="ja", **extra)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        complaints.watch(
            page, product.url if person else "http://127.0.0.1:"
        )  # donors go to the payment page
        return page

    yield open_page
    for context in opened:
        context.close()


def money(yen: int) -> re.Pattern[str]:
    """'200,000円', however number and unit are parted in the markup."""
    return re.compile(rf"(?<![\d,]){yen:,}\s*円")


def give(page: Page, address: str, amount: str) -> None:
    """Type an own amount and go on to the payment."""
    page.goto(address)
    page.locator("#id_amount_own").fill(amount)
    if not page.locator("#id_amount_choice_own").is_checked():  # without JavaScript nobody chooses it for us
        page.locator("#id_amount_choice_own").check(force=True)
    page.locator("#id_email").fill("hanako@example.jp")
    page.locator("#id_public_name").fill("はなこ")
    page.locator("#id_agreed").check()
    if page.locator("html.js").count() == 0:
        page.wait_for_timeout(3_200)  # a script waits by itself until the form may be sent; here nobody does
    page.locator("button.give-button").click()


def pay(page: Page) -> None:
    """The hosted page."""
    expect(page.locator("h1")).to_contain_text(f"{GIFT_YEN:,}円")
    for name, text in {"card": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}.items():
        page.locator(f"#{name}").fill(text)
    page.get_by_role("button", name=f"{GIFT_YEN:,}円を支払う").click()


def issue(page: Page, cast: Cast, product: Product) -> None:
    """The secretariat: choose the child and the fund, look at the effect, issue."""
    page.goto(f"{product.url}{cast.home}office/coupons/")
    page.locator(f"input[name=application][value='{cast.application_id}']").check()
    page.locator("select[name=fund]").select_option(label=FUND)
    page.get_by_role("button", name="選んだ").click()
    expect(page.locator("main")).to_contain_text(money(FACE_YEN))
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("発行しました")


def look_up(page: Page, cast: Cast, product: Product, code: str, amount: str) -> None:
    """The counter's first screen."""
    page.goto(f"{product.url}{cast.home}counter/{cast.classroom_id}/")
    page.locator("#id_code").fill(code)
    page.locator("#id_amount_yen").fill(amount)
    page.locator("form[data-behaviour='counter-scan'] button[type=submit]").click()


def take(page: Page) -> None:
    """The one button of the second screen."""
    page.locator("form[data-behaviour='counter-take'] button").click()


def code_on(page: Page, cast: Cast, product: Product) -> str:
    """The code as the family's page shows it."""
    page.goto(f"{product.url}{cast.home}family/")
    expect(page.locator(".figure-hero")).to_contain_text(money(FACE_YEN))
    expect(page.locator("h2").first).to_contain_text(NICKNAME)
    page.locator(f"a[href*='{cast.home}family/coupons/']").click()
    return page.locator(".short-code").inner_text().strip()


def given_and_issued(cast: Cast, product: Product, visit: Visit, width: int) -> str:
    """The first half of the path; the code that the family sees."""
    donor = visit(None, width)
    give(donor, f"{product.url}{cast.home}campaigns/{cast.campaign_id}/", "２５０，０００円")
    pay(donor)
    expect(donor.locator("[data-result=done]")).to_contain_text(money(GIFT_YEN), timeout=20_000)
    issue(visit(cast.office, width), cast, product)
    return code_on(visit(cast.guardian, width), cast, product)


def colour_of(page: Page, selector: str) -> tuple[int, int, int]:
    """The ground of an element as red, green, blue."""
    said = page.locator(selector).evaluate("element => getComputedStyle(element).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", said)[:3])
    return red, green, blue


def books() -> dict[str, Any]:
    """What verify_books says."""
    said = StringIO()
    call_command("verify_books", "--json", stdout=said)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def everything_was_told(cast: Cast) -> bool:
    """Whether relay and worker have nothing left to do."""
    with acting_in(cast.program.pk):
        return not Message.objects.filter(done_at__isnull=True).exists()


@pytest.mark.parametrize("width", WIDTHS)
def test_one_yen_goes_from_a_donor_to_a_school(
    width: int, cast: Cast, product: Product, visit: Visit, complaints: Complaints
) -> None:
    code = given_and_issued(cast, product, visit, width)
    till = visit(cast.clerk, width)
    look_up(till, cast, product, code.translate(FULL_WIDTH), "１２，０００")
    expect(till.locator("#counter")).to_contain_text(NICKNAME)
    take(till)
    expect(till.locator("[data-result=done]")).to_contain_text(money(12_000))
    red, green, blue = colour_of(till, "[data-result=done]")
    assert green > red and green > blue

    family = visit(cast.guardian, width)
    family.goto(f"{product.url}{cast.home}family/")
    expect(family.locator(".figure-hero")).to_contain_text(money(188_000))
    expect(family.locator("[data-child]")).to_contain_text("あおぞら学習塾")
    city = visit(cast.city, width)
    city.goto(f"{product.url}{cast.home}city/")
    for yen in (OTHERS * FACE_YEN + FACE_YEN, OTHERS * OTHERS_USED_YEN + 12_000):
        expect(city.locator("main")).to_contain_text(money(yen))
    expect(city.locator("main")).to_contain_text(re.compile(rf"(?<!\d){OTHERS + 1}\s*人"))

    wait_until(lambda: everything_was_told(cast), seconds=30, words=product.words)
    mails = product.mails()
    assert f"{product.url}{cast.home}gifts/" in mails and f"{product.url}{cast.home}family/" in mails
    said = books()
    assert said["violations"] == 0, said["offenders"]
    assert [one["donated_yen"] for one in said["programs"]] == [GIFT_YEN]
    assert complaints.said == []


def test_the_webhook_alone_books_the_gift_when_the_donor_never_comes_back(
    cast: Cast, product: Product, visit: Visit
) -> None:
    donor = visit(None, 390)
    give(donor, f"{product.url}{cast.home}campaigns/{cast.campaign_id}/", str(GIFT_YEN))
    expect(donor.locator("h1")).to_contain_text(f"{GIFT_YEN:,}円")
    product.standin.pay(donor.url)  # from another machine; the thank-you page is never opened

    def is_paid() -> bool:
        with acting_in(cast.program.pk):
            return Donation.objects.filter(state=Donation.State.PAID, amount_yen=GIFT_YEN).count() == 1

    wait_until(is_paid, seconds=20, words=product.words)
    wait_until(lambda: everything_was_told(cast), seconds=30, words=product.words)
    assert books()["violations"] == 0


def test_what_was_typed_wrong_is_said_in_words_and_nothing_moves(
    cast: Cast, product: Product, visit: Visit
) -> None:
    campaign = f"{product.url}{cast.home}campaigns/{cast.campaign_id}/"
    donor = visit(None, 390)
    give(donor, campaign, "たくさん")
    expect(donor.locator("#id_amount_error")).to_contain_text("数字")
    expect(donor.locator("#id_amount_own")).to_have_value("たくさん")
    expect(donor.locator("#id_email")).to_have_value("hanako@example.jp")
    code = given_and_issued(cast, product, visit, 390)

    till = visit(cast.clerk, 390)
    look_up(till, cast, product, code, "いちまん")
    expect(till.locator("#id_amount_yen_error")).to_contain_text("数字")
    expect(till.locator("#id_code")).to_have_value(code)
    look_up(till, cast, product, shown(new_code()), "1000")
    expect(till.locator("#id_code_error")).to_contain_text("見つかりません")
    look_up(till, cast, product, code[:-1] + ("0" if code[-1] != "0" else "1"), "1000")
    expect(till.locator("#id_code_error")).to_contain_text("見つかりません")
    look_up(till, cast, product, code, "200001")
    expect(till.locator("#id_amount_yen_error")).to_contain_text(money(FACE_YEN))

    till.context.set_offline(True)
    till.locator("form[data-behaviour='counter-scan'] button[type=submit]").click()
    expect(till.locator("[data-no-answer]")).to_contain_text("応答がありません")
    till.context.set_offline(False)
    till.context.clear_cookies()  # signed out elsewhere, meanwhile
    till.locator("form[data-behaviour='counter-scan'] button[type=submit]").click()
    expect(till).to_have_url(re.compile("/accounts/login/"))

    with acting_in(cast.program.pk):
        assert Redemption.objects.count() == OTHERS
    assert books()["violations"] == 0


def test_too_much_by_the_time_of_the_button_is_red_with_words(
    cast: Cast, product: Product, visit: Visit
) -> None:
    code = given_and_issued(cast, product, visit, 1280)
    first, second = visit(cast.clerk, 1280), visit(cast.clerk, 390)
    for till in (first, second):
        look_up(till, cast, product, code, "150000")
        expect(till.locator("#counter")).to_contain_text(NICKNAME)

    take(first)
    expect(first.locator("[data-result=done]")).to_be_visible()
    take(second)

    expect(second.locator("[data-result=refused]")).to_contain_text(money(50_000))
    red, green, blue = colour_of(second, "[data-result=refused]")
    assert red > green and red > blue
    assert books()["violations"] == 0


def test_a_second_tap_with_the_same_key_is_the_same_use(cast: Cast, product: Product, visit: Visit) -> None:
    code = given_and_issued(cast, product, visit, 390)
    till = visit(cast.clerk, 390)
    sent: list[str] = []
    till.on("request", lambda asked: sent.append(asked.post_data or "") if "/redeem/" in asked.url else None)
    look_up(till, cast, product, code, "12000")

    till.locator("form[data-behaviour='counter-take'] button").dblclick()
    expect(till.locator("[data-result=done]")).to_be_visible()
    use = till.locator("[data-use]").get_attribute("data-use")
    again = till.evaluate(
        """async ([url, body]) => {
            const answer = await fetch(url, { method: "POST", body: new URLSearchParams(body) });
            return [answer.status, await answer.text()];
        }""",
        [f"{product.url}{cast.home}counter/{cast.classroom_id}/redeem/", sent[0]],
    )

    assert len(sent) == 2 and sent[0] == sent[1]  # the double tap sent one, the hand-made repeat the other
    assert again[0] == 200 and f'data-use="{use}"' in again[1]
    with acting_in(cast.program.pk):
        assert Redemption.objects.filter(amount_yen=12_000).count() == 1
    assert books()["violations"] == 0


def test_giving_and_taking_work_without_javascript(
    cast: Cast, product: Product, browser_of_ours: Browser
) -> None:
    def plain(person: Membership | None, **cookies: str) -> Page:
        signed_in = context_for(browser_of_ours, person, product.url, language="ja", **cookies)
        context = browser_of_ours.new_context(
            viewport={"width": 390, "height": 844}, locale="ja-JP", java_script_enabled=False
        )
        context.add_cookies(signed_in.cookies())  # type: ignore[arg-type]
        signed_in.close()
        return context.new_page()

    donor = plain(None)
    give(donor, f"{product.url}{cast.home}campaigns/{cast.campaign_id}/", "250000")
    pay(donor)
    donor.wait_for_url("**/gifts/**")  # a page on its way home cannot be loaded anew
    wait_until(lambda: bool(donor.reload()) and donor.locator("[data-result=done]").count() == 1, seconds=20)
    issue(plain(cast.office), cast, product)
    code = code_on(plain(cast.guardian), cast, product)
    till = plain(cast.clerk, **{f"device_{cast.program.pk}": cast.device_token})
    look_up(till, cast, product, code.translate(FULL_WIDTH), "１２０００")
    take(till)

    expect(till.locator("[data-result=done]")).to_contain_text(money(12_000))
    with acting_in(cast.program.pk):
        assert Redemption.objects.filter(amount_yen=12_000).count() == 1
    for page in (donor, till):
        page.context.close()
