"""donations.issue_receipts: a year's receipts for all who asked, by a worker, in steps."""

from datetime import date

import pytest

from audit.models import Record
from donations import books
from donations.ask_for_receipt import ask_for_year
from donations.errors import NobodyAsked, ReceiptRefused, ReceiptSettingsMissing
from donations.issue_receipts import issue_next, issue_receipts, waiting_asks
from donations.models import Campaign, Donation, Organisation, Receipt
from kernel.errors import NotAllowed
from ledger.verify import verify
from outbox.deliver import deliver
from outbox.models import Job, Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.receipts_cast import HANAKO, a_gift, an_ask, set_up


@pytest.mark.django_db(transaction=True)
def test_all_who_asked_get_theirs_in_steps(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        organisation = set_up(make_organisation(office), office)
        campaign = make_campaign(organisation, office)
        for n in range(60):
            an_ask(a_gift(campaign, office, yen=1_000 + n, email=f"donor{n}@example.jp"))
        job = issue_receipts(organisation=organisation, year=2026, actor=office)
        message = Message.objects.get(about=f"job:{job.pk}")

    assert deliver(program.pk, message.pk)
    assert not deliver(program.pk, message.pk)  # a repeat

    with acting_in(program.pk):
        job.refresh_from_db()
        assert (job.done, job.total, job.refused, job.state) == (60, 60, 0, Job.State.DONE)
        assert list(Receipt.objects.order_by("id").values_list("number", flat=True)) == list(range(1, 61))
        assert Record.objects.filter(verb="receipts.issue_begun").count() == 1
        assert verify(books.CLAIMS, books.MORE) == []


def test_what_is_refused_is_noted_and_uses_no_number(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office)
    asks = [an_ask(a_gift(campaign, office, email=f"donor{n}@example.jp")) for n in range(3)]
    job = issue_receipts(organisation=organisation, year=2026, actor=office)
    Donation.objects.filter(pk=asks[1].donation_id).update(fee_yen=None)

    issue_next(job)

    assert (job.done, job.refused) == (3, 1)
    assert [(row["about"], row["code"]) for row in job.outcome] == [
        (f"receipt_ask:{asks[1].pk}", "not_settled")
    ]
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2]


def test_a_year_that_runs_takes_single_gifts_only(
    campaign: Campaign, organisation: Organisation, program: Program, office: Membership
) -> None:
    set_up(organisation, office)
    an_ask(a_gift(campaign, office, on=date(2027, 2, 1)))
    a_gift(campaign, office, on=date(2027, 2, 2), email="year@example.jp")
    donor = member(program, Role.DONOR, "year@example.jp")
    ask_for_year(organisation=organisation, year=2027, addressee=HANAKO, actor=donor)

    assert [ask.donation_id is not None for ask in waiting_asks(organisation, 2027)] == [True]
    assert not waiting_asks(organisation, 2026).exists()


@pytest.mark.parametrize(("case", "refusal"), [("nobody", NobodyAsked), ("settings", ReceiptSettingsMissing)])
def test_it_refuses_and_begins_nothing(
    campaign: Campaign,
    organisation: Organisation,
    office: Membership,
    case: str,
    refusal: type[ReceiptRefused],
) -> None:
    set_up(organisation, office, **({"representative": ""} if case == "settings" else {}))
    organisation.refresh_from_db()

    with pytest.raises(refusal):
        issue_receipts(organisation=organisation, year=2026, actor=office)
    assert not Job.objects.exists()


def test_a_stranger_may_not(
    campaign: Campaign, organisation: Organisation, office: Membership, stranger: Membership
) -> None:
    an_ask(a_gift(campaign, office))

    with pytest.raises(NotAllowed):
        issue_receipts(organisation=set_up(organisation, office), year=2026, actor=stranger)
    assert not Job.objects.exists()
