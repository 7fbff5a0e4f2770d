"""What a donor does on the hosted payment page, on the shop's slip and at the bank."""

from playwright.sync_api import Page

GOOD, DECLINED, SECURE = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0027 6000 3184"


def with_card(page: Page, number: str = GOOD) -> None:
    """Type a card and press."""
    for name, text in {"card": number, "expiry": "12 / 34", "cvc": "123"}.items():
        page.locator(f"#{name}").fill(text)
    page.locator("main button").click()


def for_a_slip(page: Page) -> None:
    """A shop's number or an account to pay to: name, and for the shop a telephone number."""
    page.locator("#name").fill("寄付 花子")
    if page.locator("#phone").count():
        page.locator("#phone").fill("090-1234-5678")
    page.locator("main button").click()


def answer(page: Page, outcome: str) -> None:
    """The button of a question: 'yes' or 'no' of a bank or PayPay, 'pay' or 'expire' at the shop's till."""
    page.locator(f"button[name=outcome][value={outcome}]").click()


def transfer(page: Page, amount: int) -> None:
    """Send so much from a bank."""
    page.locator("#amount").fill(str(amount))
    page.locator("main button").click()
