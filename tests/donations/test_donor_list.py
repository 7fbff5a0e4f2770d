"""donations.donor_list: what the authorities want of every gift of a fiscal year."""

from datetime import date

import pytest

from audit.models import Record
from donations.donor_list import donor_list
from donations.issue_receipt import issue_receipt
from donations.models import Addressee, Campaign, DatePolicy, Donation, Organisation
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.receipts_cast import HANAKO, a_gift, an_ask, set_up


def rows(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return [line.split(",") for line in body.decode("utf-8-sig").split("\r\n")[1:-1]]


def test_every_gift_of_the_fiscal_year_is_on_it(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    organisation = set_up(organisation, office)
    for day in (date(2026, 3, 31), date(2027, 4, 1)):
        a_gift(campaign, office, on=day)
    first, last = (a_gift(campaign, office, on=day) for day in (date(2026, 4, 1), date(2027, 3, 31)))
    issue_receipt(ask=an_ask(first), actor=office)

    listed = rows(donor_list(organisation=organisation, year=2026, actor=office))

    assert listed == [
        [HANAKO.name, "150-0001", HANAKO.address, "10000", "2026-04-01", "2026-000001", str(first.pk)],
        ["氏名の届出なし", "", "", "10000", "2027-03-31", "", str(last.pk)],
    ]
    kept = Record.objects.get(verb="donor_list.taken")
    assert (kept.actor_id, kept.facts) == (office.pk, {"year": 2026, "gifts": 2})


def test_the_date_policy_decides_the_year(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    gift = a_gift(campaign, office, on=date(2026, 3, 31))
    Donation.objects.filter(pk=gift.pk).update(settled_at="2026-04-02T03:00:00Z")

    received = set_up(organisation, office, receipt_date_policy=DatePolicy.RECEIVED)
    assert len(rows(donor_list(organisation=received, year=2026, actor=office))) == 1
    procedure = set_up(organisation, office, receipt_date_policy=DatePolicy.PROCEDURE)
    assert rows(donor_list(organisation=procedure, year=2026, actor=office)) == []
    assert len(rows(donor_list(organisation=procedure, year=2025, actor=office))) == 1


@pytest.mark.parametrize("name", ["=1+1", "＝HYPERLINK()", "@x", "\u3000+x"])
def test_no_name_is_run_as_a_formula(
    campaign: Campaign, organisation: Organisation, office: Membership, name: str
) -> None:
    an_ask(a_gift(campaign, office), Addressee(name, "150-0001", "-1"))

    (row,) = rows(donor_list(organisation=set_up(organisation, office), year=2026, actor=office))

    assert row[0] == f"'{name}" and row[2] == "'-1"


def test_a_stranger_may_not(organisation: Organisation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        donor_list(organisation=organisation, year=2026, actor=stranger)
    assert not Record.objects.filter(verb="donor_list.taken").exists()


def test_another_programs_gifts_are_not_on_it(
    campaign: Campaign, organisation: Organisation, office: Membership, other_program: Program
) -> None:
    a_gift(campaign, office)

    with acting_in(other_program.pk):
        assert rows(donor_list(organisation=organisation, year=2026, actor=office)) == []
