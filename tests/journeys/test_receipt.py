"""A donor asks for a receipt in a real browser, and somebody confirms its number."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from donations.models import Addressee, Campaign, Organisation, Receipt, ReceiptAsk
from kernel.codes import shown
from programs.models import Role
from programs.scoping import acting_in
from tests.donations.conftest import work_off
from tests.donations.receipts_cast import a_gift, set_up
from tests.house.world import House
from tests.journeys.conftest import context_for

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def test_a_receipt_is_asked_for_and_confirmed(
    houses: tuple[House, House], live_server: Any, browser_of_ours: Browser
) -> None:
    """A browser sends forms with an origin; a policy that takes it away would refuse every ask."""
    ours, _ = houses
    with acting_in(ours.program.pk):
        office = ours.people[Role.OFFICE]
        set_up(Organisation.objects.get(), office)
        gift = a_gift(Campaign.objects.get(), office, yen=12_000, email="hanako@example.jp")
    context = context_for(browser_of_ours, None, live_server.url)
    page = context.new_page()

    page.goto(f"{live_server.url}/shibuya/gifts/{gift.reference}/")
    page.get_by_role("link", name="確定申告用の受領証明書").click()
    page.get_by_label("氏名").fill("髙﨑 𠮷子")
    page.get_by_label("郵便番号").fill("１５０－０００１")
    page.get_by_label("住所").fill("東京都渋谷区神宮前1-2-3")
    page.get_by_role("button", name="受領証明書を申し込む").click()
    page.get_by_text("ご希望を受け付けました").wait_for()

    work_off()
    with acting_in(ours.program.pk):
        ask = ReceiptAsk.objects.get(donation=gift)
        receipt = Receipt.objects.get(ask=ask)
        assert ask.addressee == Addressee("髙﨑 𠮷子", "150-0001", "東京都渋谷区神宮前1-2-3")
    page.goto(f"{live_server.url}/shibuya/receipts/check/")
    page.get_by_label("受領証明書の番号").fill(receipt.full_number)
    page.get_by_label("確認番号").fill(shown(receipt.check_word).lower())
    page.get_by_role("button", name="この受領証明書を確かめる").click()
    page.get_by_text("12,000").first.wait_for()
    assert "𠮷子" not in page.content()
    context.close()
