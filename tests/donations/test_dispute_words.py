"""donations.dispute_words and the state of a disputed gift: what the secretariat reads of a dispute."""

import re

import pytest
from django.utils.translation import override

from donations.dispute_words import DISPUTED, REFUNDED, dispute_words, refund_words
from donations.models import Dispute, Donation
from donations.money_story import found_gifts
from donations.stripe_said import DisputeSaid
from donations.take_in_dispute import take_in_dispute
from programs.models import Membership
from tests.donations.test_take_in_dispute import LOST, OPEN, WON
from tests.metrics.conftest import signed_in

# Dispute.reason in Stripe's reference.
STRIPES = [
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
]


def test_every_reason_of_stripe_has_words_in_both_languages() -> None:
    assert sorted(DISPUTED) == sorted(STRIPES)
    for reasons in (DISPUTED, REFUNDED):
        for code, words in reasons.items():
            with override("ja"):
                assert re.search("[ぁ-ん]", str(words)), code
            with override("en"):
                assert "_" not in str(words) and str(words)[0].isupper(), code


def test_a_reason_that_stripe_adds_later_is_still_shown() -> None:
    with override("ja"):
        assert str(dispute_words("stolen_by_bears")) == "そのほかの理由（stolen_by_bears）"
        assert str(dispute_words("")) == "理由は示されていません"
        assert str(refund_words("二重の申込み")) == "二重の申込み"  # a person's own words


@pytest.mark.parametrize(
    ("steps", "state", "ended"),
    [
        ((OPEN,), "異議申立て中", ""),
        ((OPEN, LOST), "異議申立てで返金", "異議申立てが認められました"),
        ((OPEN, WON), "受け取りました", "異議申立てが退けられました"),
    ],
)
def test_a_disputed_gift_says_how_the_dispute_stands_and_why(
    gift: Donation, office: Membership, steps: tuple[DisputeSaid, ...], state: str, ended: str
) -> None:
    for step in steps:
        take_in_dispute(donation=gift, said=step)
    screen = signed_in(office)
    paid = str(Donation.State.PAID.label)
    wanted = paid if steps[-1] is WON else state

    for address in ("gifts/", f"gifts/{gift.pk}/"):
        page = screen.get(f"/shibuya/office/{address}").content.decode()
        assert wanted in page and "返金済み" not in page
    assert "fraudulent" not in page and "ほかの人に使われたと申し出ています" in page and ended in page


def test_the_list_asks_once_for_all_its_disputes(gift: Donation) -> None:
    take_in_dispute(donation=gift, said=OPEN)
    (found,) = found_gifts("")
    assert found.dispute_state == Dispute.State.OPEN  # type: ignore[attr-defined]
