"""donations.settle_campaign: nothing pending, figures agree, the report stands."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from audit.models import Record
from donations.close_campaign import close_campaign
from donations.confirm import confirm
from donations.errors import BooksDiffer, CampaignNotClosed, GiftsStillPending, QuestionsOpen
from donations.models import Campaign, CampaignReport, Dispute, Donation, Finding, Refund
from donations.note_finding import note_finding
from donations.queries import books_differ_yen, is_goal_met, running_costs_paid_yen, standing_of
from donations.settle_campaign import settle_campaign
from donations.settle_finding import settle_finding
from kernel.errors import NotAllowed
from ledger.accounts import the_account
from ledger.models import Account, Kind
from ledger.post import post
from programs.models import Membership, Program
from tests.donations.conftest import begin, make_campaign
from tests.donations.test_confirm import pending, said_of
from tests.donations.test_donor_screens import paid, text_of
from tests.metrics.conftest import signed_in


@pytest.fixture
def ended(campaign: Campaign, office: Membership) -> Campaign:
    """10,000 and 5,555 yen were given, with Stripe's fees known; then it was closed."""
    for amount_yen, email in ((10_000, "a@example.jp"), (5_555, "b@example.jp")):
        gift = begin(campaign, amount_yen, email=email)
        confirm(donation_id=gift.pk, payment=said_of(gift))
    return close_campaign(campaign=campaign, actor=office)


def test_the_report_holds_what_became_of_the_money(ended: Campaign, office: Membership) -> None:
    report = settle_campaign(campaign=ended, actor=office)
    again = settle_campaign(campaign=ended, actor=office)

    fees = sum(gift.fee_yen or 0 for gift in Donation.objects.all())
    assert fees > 0
    assert (report.raised_yen, report.donors, report.fees_yen) == (15_555, 2, fees)
    assert (report.operating_yen, report.coupons_yen, report.issued_yen) == (1_555, 14_000, 0)
    assert again.pk == report.pk and Record.objects.filter(verb="campaign.settled").count() == 1
    ended.refresh_from_db()
    assert ended.state == "settled"


def test_what_is_on_coupons_by_then_is_said(ended: Campaign, office: Membership) -> None:
    coupon = Account.objects.create(kind=Kind.COUPON, label="coupon")
    assert ended.fund
    post(debit=ended.fund, credit=coupon, amount_yen=9_000, source="coupon:1")
    post(debit=coupon, credit=ended.fund, amount_yen=2_000, source="expiry:1")

    assert settle_campaign(campaign=ended, actor=office).issued_yen == 7_000


@pytest.mark.parametrize("what", ["pending", "fee"])
def test_while_a_gift_is_not_finished_nothing_is_settled(
    campaign: Campaign, office: Membership, what: str
) -> None:
    gift = pending(campaign)
    if what == "fee":
        confirm(donation_id=gift.pk, payment=said_of(gift, fee_yen=None))
    close_campaign(campaign=campaign, actor=office)

    with pytest.raises(GiftsStillPending):
        settle_campaign(campaign=campaign, actor=office)
    assert not CampaignReport.objects.exists()


def test_while_the_books_differ_nothing_is_settled(ended: Campaign, office: Membership) -> None:
    assert books_differ_yen(ended) == 0
    Donation.objects.filter(email="a@example.jp").update(amount_yen=10_001)

    with pytest.raises(BooksDiffer) as refusal:
        settle_campaign(campaign=ended, actor=office)
    assert "1" in str(refusal.value) and not CampaignReport.objects.exists()


def test_a_fee_that_was_not_posted_is_seen(ended: Campaign) -> None:
    gift = Donation.objects.first()
    assert gift and gift.fee_yen
    Donation.objects.filter(pk=gift.pk).update(fee_yen=gift.fee_yen + 7)

    assert books_differ_yen(ended) == 7


def test_only_a_closed_campaign_is_settled_and_a_stranger_may_not(
    campaign: Campaign, office: Membership, stranger: Membership
) -> None:
    with pytest.raises(CampaignNotClosed):
        settle_campaign(campaign=campaign, actor=office)
    with pytest.raises(NotAllowed):
        settle_campaign(campaign=campaign, actor=stranger)
    campaign.refresh_from_db()
    assert campaign.state == "open"


def test_the_report_is_never_changed(ended: Campaign, office: Membership) -> None:
    report = settle_campaign(campaign=ended, actor=office)

    with pytest.raises(DatabaseError), transaction.atomic():
        CampaignReport.objects.filter(pk=report.pk).update(raised_yen=1)


def test_closing_a_settled_campaign_changes_nothing(ended: Campaign, office: Membership) -> None:
    settle_campaign(campaign=ended, actor=office)

    assert close_campaign(campaign=ended, actor=office).state == "settled"


def test_donors_read_the_report(
    client: Client, program: Program, ended: Campaign, office: Membership
) -> None:
    settle_campaign(campaign=ended, actor=office)

    words = text_of(client.get(f"/{program.slug}/campaigns/{ended.pk}/"))

    assert "最終報告" in words and "15,555円" in words and "14,000円" in words
    assert "約束 10%、実際 9.9%" in words


def test_the_goal_counts_what_arrived_and_nothing_else(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(goal_yen=20_000)
    campaign.refresh_from_db()
    paid(campaign, 19_999)
    slip = begin(campaign, 50_000)
    Donation.objects.filter(pk=slip.pk).update(state="pending", method="bank")

    assert not is_goal_met(campaign)
    assert standing_of(campaign).pending_yen == 50_000
    paid(campaign, 500)
    assert is_goal_met(campaign)


def test_running_costs_are_what_was_truly_spent(campaign: Campaign) -> None:
    paid(campaign)
    assert running_costs_paid_yen() == 0
    operating, bank = campaign.operating, the_account(Kind.BANK, "bank")
    assert operating
    post(debit=operating, credit=bank, amount_yen=300, source=f"cost:{uuid4().hex[:8]}")
    post(debit=operating, credit=bank, amount_yen=100, source="refund:1")

    assert running_costs_paid_yen() == 300


def test_only_the_secretariat_reads_how_much_is_on_coupons(
    client: Client, program: Program, ended: Campaign, office: Membership
) -> None:
    """With one child it would be that child's; everyone reads metrics/fund_story.html, where few are hidden."""
    coupon = Account.objects.create(kind=Kind.COUPON, label="coupon")
    assert ended.fund
    post(debit=ended.fund, credit=coupon, amount_yen=7_000, source="coupon:1")
    settle_campaign(campaign=ended, actor=office)

    assert "7,000円" not in text_of(client.get(f"/{program.slug}/campaigns/{ended.pk}/"))
    page = signed_in(office).get(f"/{program.slug}/office/campaigns/{ended.pk}/")
    assert "7,000円" in text_of(page)


def first_gift() -> Donation:
    gift: Donation = Donation.objects.order_by("id")[0]
    return gift


@pytest.mark.parametrize("about", ["facts", "donation", "charge", "refund", "dispute", "reserve", "sums"])
def test_while_a_question_about_its_money_is_open_nothing_is_settled(
    ended: Campaign, office: Membership, about: str
) -> None:
    gift = first_gift()
    if about == "facts":
        found = note_finding(Finding.Kind.FRAUD_WARNING, about="issfr_1", donation_id=gift.pk)
    elif about == "donation":
        found = note_finding(Finding.Kind.PAYMENT_DIFFERS, about=gift.source)
    elif about == "charge":
        found = note_finding(Finding.Kind.UNKNOWN_LINE, about="txn_1", thing=gift.charge_id)
    elif about == "sums":
        found = note_finding(
            Finding.Kind.CLEARING_DIFFERS, about="reconciliation:1", organisation=ended.organisation
        )
    elif about == "dispute":
        dispute = Dispute.objects.create(donation=gift, dispute_id="du_1", amount_yen=1)
        found = note_finding(Finding.Kind.DISPUTE, about=dispute.source)
    else:
        refund = Refund.objects.create(donation=gift, request_key=uuid4(), amount_yen=1, state="failed")
        kind, name = Finding.Kind.REFUND_REFUSED, refund.source
        if about == "reserve":
            kind, name = Finding.Kind.RESERVE_SHORT, f"loss reserve: {refund.source}"
        found = note_finding(kind, about=name)

    with pytest.raises(QuestionsOpen, match=str(found).split()[0]):
        settle_campaign(campaign=ended, actor=office)
    assert not CampaignReport.objects.exists()
    page = signed_in(office).get(f"/shibuya/office/campaigns/{ended.pk}/").content.decode()
    assert f"/office/questions/{found.pk}/" in page and "精算して最終報告を公開する" not in page

    settle_finding(finding=found, words="済み", actor=office)
    assert settle_campaign(campaign=ended, actor=office)


def test_questions_about_others_do_not_stop_it(ended: Campaign, office: Membership) -> None:
    other = make_campaign(ended.organisation, office, title="別")
    gift = begin(other, 1_000, email="c@example.jp")
    confirm(donation_id=gift.pk, payment=said_of(gift))
    note_finding(Finding.Kind.PAYMENT_DIFFERS, about=gift.source, donation_id=gift.pk)
    note_finding(Finding.Kind.UNKNOWN_LINE, about="txn_1", thing="")
    note_finding(Finding.Kind.UNKNOWN_EVENT, about="evt_donation:5")
    assert settle_campaign(campaign=ended, actor=office)


def test_what_went_back_stands_apart(
    client: Client, program: Program, ended: Campaign, office: Membership
) -> None:
    refunded = first_gift()
    Donation.objects.filter(pk=refunded.pk).update(gone_yen=4_321)
    page = signed_in(office).get(f"/{program.slug}/office/campaigns/{ended.pk}/")
    assert "4,321円" in text_of(page)

    report = settle_campaign(campaign=ended, actor=office)

    assert (report.raised_yen, report.gone_yen) == (15_555, 4_321)
    assert "4,321円" in text_of(client.get(f"/{program.slug}/campaigns/{ended.pk}/"))
