"""Who meets when someone gives: a campaign that takes every way to pay, and two people of the secretariat."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.models import Campaign, Organisation
from donations.open_campaign import open_campaign
from donations.set_ways import set_ways
from kernel.clock import today
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.by_hand import with_account
from tests.donations.receipts_cast import set_up
from tests.journeys.product import STRIPE_SECRET, Product

TITLE, TITLE_EN = "学びを止めない", "Keep learning going"
_numbers = count()  # a program of its own for each story: the running servers remember names for seconds


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Things of the program are ids, because each is read anew in its own scope."""

    program: Program
    office: Membership
    second: Membership
    organisation_id: int
    campaign_id: int
    stripe_key: str

    @property
    def campaign_path(self) -> str:
        """The public page with the form."""
        return f"/{self.program.slug}/campaigns/{self.campaign_id}/"


def gather(product: Product) -> Cast:
    """An open campaign of a certified organisation, and the stand-in told where its webhooks go."""
    slug = f"giving-{next(_numbers)}"
    program = Program.objects.create(slug=slug, name="渋谷", name_en="Shibuya", municipality_code="131130")
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        second = member(program, Role.OFFICE, f"second@{slug}.example")
        organisation = _organisation(office, stripe_key=f"sk_test_{slug}")
        campaign = open_campaign(draft=_draft(organisation), actor=office)
    url = f"{product.url}/{slug}/webhooks/stripe/{organisation.endpoint}/"
    key = f"sk_test_{slug}"  # an account of its own at the stand-in
    product.standin.control("webhooks", {"key": key, "url": url, "secret": STRIPE_SECRET})
    product.standin.control("accounts", {"key": key, "name": organisation.name})
    return Cast(
        program=program,
        office=office,
        second=second,
        organisation_id=organisation.pk,
        campaign_id=campaign.pk,
        stripe_key=key,
    )


def _organisation(office: Membership, *, stripe_key: str) -> Organisation:
    made = add_organisation(
        name="まなびの会",
        legal_form="npo",
        address="東京都渋谷区神南1-1-1",
        agreement=Agreement(version="1", text="贈与契約として受け取ります。"),
        secrets=StripeSecrets(key=stripe_key, webhook_secret=STRIPE_SECRET),
        actor=office,
    )
    year = timedelta(days=365)
    set_up(made, office, certified_from=today() - year, certified_until=today() + 4 * year)
    with_account(made, office)
    return set_ways(organisation=made, ways=["konbini", "bank_transfer", "paypay"], actor=office)


def _draft(organisation: Organisation) -> Campaign:
    return Campaign(
        organisation=organisation,
        title=TITLE,
        title_en=TITLE_EN,
        story="学びたい気持ちがあっても、塾に通うきっかけを持てない中学生がいます。",
        goal_yen=1_000_000,
        first_day=today(),
        last_day=today() + timedelta(days=30),
        operating_per_mille=100,
        presets=[3_000, 10_000, 30_000],
    )


def organisation_of(cast: Cast) -> Organisation:
    """The receiving organisation, in the scope one acts in."""
    found: Organisation = Organisation.objects.get(pk=cast.organisation_id)
    return found
