"""donations.open_campaign, close_campaign and add_organisation: the secretariat's verbs."""

import pytest

from audit.models import Record
from donations.add_organisation import StripeSecrets
from donations.errors import CampaignAlreadyOpened
from donations.models import Campaign, Organisation
from donations.open_campaign import open_campaign
from kernel.errors import NotAllowed
from ledger.models import Account, Kind
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import make_campaign, make_organisation


def test_open_gives_the_campaign_a_fund_of_its_own(organisation: Organisation, office: Membership) -> None:
    one, other = make_campaign(organisation, office), make_campaign(organisation, office, title="夏")

    assert one.fund != other.fund and one.operating == other.operating
    assert (one.state, one.fund and one.fund.kind) == ("open", Kind.FUND)
    assert Record.objects.filter(verb="campaign.opened").count() == 2


def test_open_refuses_a_campaign_that_was_opened(campaign: Campaign, office: Membership) -> None:
    before = Account.objects.count()

    with pytest.raises(CampaignAlreadyOpened):
        open_campaign(draft=campaign, actor=office)
    assert Account.objects.count() == before


def test_a_stranger_may_not_open(organisation: Organisation, stranger: Membership, city: Membership) -> None:
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            make_campaign(organisation, actor)
    assert not Campaign.objects.exists()


def test_another_program_sees_no_campaign(campaign: Campaign, other_program: Program) -> None:
    with acting_in(other_program.pk):
        assert not Campaign.objects.exists() and not Organisation.objects.exists()


def test_a_stranger_may_not_add_an_organisation(stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        make_organisation(stranger)
    assert not Organisation.objects.exists() and not Account.objects.exists()


@pytest.mark.parametrize(("key", "is_live"), [("sk_test_1", False), ("sk_live_1", True), ("rk_live_1", True)])
def test_the_key_says_whether_the_organisation_is_live(office: Membership, key: str, is_live: bool) -> None:
    assert make_organisation(office, key=key).is_live is is_live


def test_secrets_are_not_printed() -> None:
    assert "sk_" not in repr(StripeSecrets(key="sk_test_1", webhook_secret="whsec_1"))
