"""The people of one journey, and the twelve children who were there before: in the year that is now."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from coupons.issue import issue
from coupons.models import Coupon
from coupons.redeem import Place, Spend, redeem
from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.models import Campaign
from donations.open_campaign import open_campaign
from donations.receive_grant import receive_grant
from families.apply import ChildFacts, GuardianFacts, apply
from families.approve import approve
from families.models import Application, Guardian
from kernel.clock import fiscal_year, today
from partners.add_device import add_device
from partners.add_staff import add_staff
from partners.apply import apply as apply_as_provider
from partners.approve import approve as approve_provider
from partners.enrol_device import enrol_device
from partners.models import Classroom, Course, Device
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.journeys.product import STRIPE_SECRET

FACE_YEN, OTHERS, OTHERS_USED_YEN = 200_000, 12, 3_000
NICKNAME, FUND = "そら", "学びを止めない"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who meets whom; names of things are ids, because each is read anew in its own scope."""

    program: Program
    office: Membership
    city: Membership
    guardian: Membership
    clerk: Membership
    campaign_id: int
    classroom_id: int
    application_id: int
    endpoint: str
    stripe_key: str
    device_token: str

    @property
    def home(self) -> str:
        """The path of all its pages."""
        return f"/{self.program.slug}/"


def gather(slug: str) -> Cast:
    """A program with an open campaign, a school with a tablet, a city, and one approved child without a coupon."""
    program = Program.objects.create(slug=slug, name="渋谷", name_en="Shibuya", municipality_code="131130")
    with acting_in(program.pk):
        office, clerk = member(program, Role.OFFICE), member(program, Role.COUNTER)
        year = _year()
        stripe_key = f"sk_test_{slug}"  # an account of its own at the stand-in, with its own webhooks
        campaign = _campaign(office, stripe_key)
        classroom = _classroom(office, year)
        add_staff(classroom=classroom, person=clerk, actor=office)
        added = add_device(classroom=classroom, label="タブレット", kind=Device.Kind.SCREEN, actor=office)
        _others(year, office, classroom)
        guardian = member(program, Role.GUARDIAN)
        application = _approved(NICKNAME, year, office)
        Guardian.objects.filter(household=application.child.household).update(membership=guardian)
        return Cast(
            program=program,
            office=office,
            city=member(program, Role.CITY),
            guardian=guardian,
            clerk=clerk,
            campaign_id=campaign.pk,
            classroom_id=classroom.pk,
            application_id=application.pk,
            endpoint=str(campaign.organisation.endpoint),
            stripe_key=stripe_key,
            device_token=enrol_device(code=added.code, kind=Device.Kind.SCREEN).token,
        )


def _year() -> ProgramYear:
    this = fiscal_year(today())
    return ProgramYear.objects.create(
        year=this,
        first_day=date(this, 4, 1),
        last_day=date(this + 1, 3, 31),
        face_yen=FACE_YEN,
        eligible_children=40,
    )


def _campaign(office: Membership, stripe_key: str) -> Campaign:
    organisation = add_organisation(
        name="まなびの会",
        legal_form="npo",
        address="東京都渋谷区",
        agreement=Agreement(version="1", text="贈与契約として受け取ります。"),
        secrets=StripeSecrets(key=stripe_key, webhook_secret=STRIPE_SECRET),
        actor=office,
    )
    draft = Campaign(
        organisation=organisation,
        title=FUND,
        goal_yen=1_000_000,
        first_day=today(),
        last_day=today() + timedelta(days=30),
        operating_per_mille=200,
        presets=[3_000, 10_000, 30_000],
    )
    return open_campaign(draft=draft, actor=office)


def _classroom(office: Membership, year: ProgramYear) -> Classroom:
    provider = apply_as_provider(
        name="あおぞら学習塾", kind="juku", classroom="本町教室", area="本町", actor=office
    )
    provider = approve_provider(provider=provider, until=year.last_day, actor=office)
    Course.objects.create(provider=provider, name="月謝", fee_yen=12_000)
    classroom: Classroom = provider.classrooms.select_related("provider__payable").get()
    return classroom


def _approved(nickname: str, year: ProgramYear, office: Membership, *, number: int = 0) -> Application:
    """A child in the second year of junior high; `number` makes birthdays, and so children, differ."""
    application = apply(
        household=None,
        guardian=GuardianFacts(name="山田 恵子"),
        child=ChildFacts(
            name="山田 空",
            kana="ヤマダ ソラ",
            nickname=nickname,
            birth_date=date(year.year - 14, 6, 1 + number),
        ),
        year=year,
        actor=office,
    )
    return approve(application=application, actor=office)


def _others(year: ProgramYear, office: Membership, classroom: Classroom) -> None:
    """So many children that the city's figures are shown: each used a little, from a grant spent to the yen."""
    grant = receive_grant(
        funder="渋谷区",
        amount_yen=OTHERS * FACE_YEN,
        received_on=today(),
        note="",
        request_key=uuid4(),
        actor=office,
    )
    for number in range(OTHERS):
        application = _approved(f"こども{number}", year, office, number=number + 1)
        coupon: Coupon = issue(application=application, fund=grant.fund, actor=office)
        spend = Spend(amount_yen=OTHERS_USED_YEN, category="tuition", request_key=uuid4())
        place = Place(payee=classroom.provider.payable, place_id=classroom.pk, device_id=None)
        redeem(code=coupon.code, spend=spend, at=place, actor=office)
