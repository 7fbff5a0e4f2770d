"""Two programs with one of everything, made through the verbs, for the crawl.

Every personal or private text holds a canary: a word that says whose it is. `things[kind]` names,
for each kind of object in an address, one's own, another's of the same program, another program's
and one that is missing.
"""

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from coupons.issue import issue
from coupons.redeem import Place, Spend, redeem
from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.add_picture import add_picture
from donations.approve_offline_gift import approve_offline_gift
from donations.ask_for_receipt import ask_for_receipt
from donations.draft_update import News, draft_update
from donations.give import Donor
from donations.invoice_company import invoice_company
from donations.issue_receipt import issue_receipt
from donations.models import Addressee, Campaign, Donation, Finding, Organisation
from donations.note_finding import note_finding
from donations.open_campaign import open_campaign
from donations.post_update import post_update
from donations.promise_company_gift import Company
from donations.propose_fill import propose_fill, running_costs
from donations.propose_refund import propose_refund
from donations.receive_grant import receive_grant
from donations.record_past_gift import PastPayment, record_past_gift
from donations.set_line_aside import set_line_aside
from donations.stop_updates import stop_key
from donations.take_in_statement import take_in_statement
from families.apply import ChildFacts, GuardianFacts, apply
from families.approve import approve
from families.models import Guardian
from kernel.clock import day_of, now
from ledger.post import post
from outbox.jobs import start_job
from partners.add_device import add_device
from partners.add_staff import add_staff
from partners.apply import apply as apply_as_provider
from partners.approve import approve as approve_provider
from partners.enrol_device import enrol_device
from partners.models import Classroom, Device, Provider, ProviderOwner
from people.invite import invite, token_of
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, make_program, member
from tests.donations.by_hand import a_fund, a_promise, csv_of, noted, promised, second_person, with_account
from tests.donations.monthly import running
from tests.outbox.returned import a_return

MISSING = 4


@dataclass
class House:
    """One program's people and things."""

    program: Program
    people: dict[str, Membership] = field(default_factory=dict)
    things: dict[str, list[Any]] = field(default_factory=dict)  # kind -> [own, another's]
    token: str = ""  # of the enrolled device

    def add(self, kind: str, thing: Any) -> Any:
        """Keep a thing under its kind and give it back."""
        self.things.setdefault(kind, []).append(thing)
        return thing


def build(slug: str, name: str, code: str, canary: str) -> House:
    """A program whose private texts all begin with `canary`."""
    house = House(make_program(slug, name, code))
    with acting_in(house.program.pk):
        for role in Role:
            house.people[role] = member(house.program, role)
        _money(house, canary)
        _by_hand(house, canary)
        for whose in ("own", "another"):
            _school(house, canary, whose)
        for whose in ("own", "another"):
            _family(house, canary, whose)
        house.add(
            "job", start_job("issue_coupons", total=1, actor=house.people[Role.OFFICE], application_ids=[]).pk
        )
        house.add("membership", house.people[Role.OFFICE].pk)
        house.add("membership", house.people[Role.COUNTER].pk)
        invitation = invite(email=f"new@{slug}.example", role=Role.CITY, actor=house.people[Role.OFFICE])
        house.add("invitation", token_of(house.program.pk, invitation.pk))
        waiting = invite(
            email=f"colleague@{slug}.example", role=Role.OFFICE, actor=second_person(house.program)
        )
        house.add("office_invitation", waiting.pk)
        for whose in ("own", "another"):
            house.add("mail_return", a_return(f"{canary}-MAILED-{whose}@example.jp").pk)
    return house


def _money(house: House, canary: str) -> None:
    office = house.people[Role.OFFICE]
    organisation = add_organisation(
        name=f"{house.program.slug} organisation",
        legal_form="npo",
        address="Tokyo",
        agreement=Agreement(version="1", text="agreement"),
        secrets=StripeSecrets(key=f"sk_test_{canary}", webhook_secret=f"whsec_{canary}"),
        actor=office,
    )
    house.add("endpoint", organisation.endpoint)
    house.add("organisation", organisation.pk)
    house.add("tax_year", 2026)
    organisation.representative = "representative"
    organisation.save()
    draft = Campaign(
        organisation=organisation,
        title="campaign",
        goal_yen=1_000_000,
        first_day=date(2026, 9, 1),
        last_day=None,
        takes_monthly=True,
        presets=[3_000],
    )
    campaign = open_campaign(draft=draft, actor=office)
    house.add("campaign", campaign.pk)
    _news(house, campaign, canary)
    for whose, email in (("own", house.people[Role.DONOR].user.email), ("another", "another@x.example")):
        gift = record_past_gift(
            campaign=campaign,
            donor=Donor(
                email=email,
                public_name=f"{canary}-DONOR-{whose}",
                is_anonymous=True,
                language="ja",
                agreement_version="1",
            ),
            payment=PastPayment(amount_yen=500_000, fee_yen=18_000, paid_at=now()),
            request_key=uuid4(),
            actor=office,
        )
        house.add("gift", gift.reference)
        house.add("donation", gift.pk)
        question = note_finding(Finding.Kind.UNKNOWN_LINE, about=f"{canary}-TXN-{whose}", amount_yen=1)
        house.add("finding", question.pk)
        house.add("stop", stop_key(gift))
        addressee = Addressee(f"{canary}-PAYER-{whose}", "150-0001", "Tokyo")
        ask = ask_for_receipt(donation=gift, addressee=addressee, actor=None)
        house.add("receipt", issue_receipt(ask=ask, actor=office)[0].pk)
        house.add("copy", 1)
        pledge = running(campaign, email=email, public_name=f"{canary}-DONOR-{whose}", agreement_version="1")
        house.add("pledge", pledge.pk)
        house.add("pledge_reference", pledge.reference)
    Donation.objects.filter(email=house.people[Role.DONOR].user.email).update(
        user=house.people[Role.DONOR].user
    )
    receive_grant(
        funder="city",
        amount_yen=1_000_000,
        received_on=date(2026, 4, 1),
        note="",
        request_key=uuid4(),
        actor=office,
    )


def _news(house: House, campaign: Campaign, canary: str) -> None:
    """A picture and a published update of the campaign."""
    office = house.people[Role.OFFICE]
    drawn = BytesIO()
    Image.new("RGB", (40, 30), (len(canary) * 9, 90, 120)).save(drawn, "PNG")
    picture = add_picture(
        campaign=campaign, content=drawn.getvalue(), alt="desk", alt_en="desk", actor=office
    )
    house.add("picture", picture.sha256)
    house.add("picture_row", picture.pk)
    news = News(title="news", body="![](picture:1)")
    update = post_update(update=draft_update(campaign=campaign, news=news, actor=office), actor=office)
    house.add("update", update.pk)


def _by_hand(house: House, canary: str) -> None:
    """A gift by hand that waits, a company gift with its invoice, a promise, and a bank line."""
    office, organisation, on = house.people[Role.OFFICE], Organisation.objects.get(), day_of(now())
    gift = noted(Campaign.objects.get(), office, donor_name=f"{canary}-BY-HAND", received_on=on)
    house.add("offline_gift", gift.pk)
    with_account(organisation, office)
    company_gift = promised(
        a_fund(organisation, office), office, company=Company(f"{canary}-COMPANY"), promised_on=on
    )
    house.add("company_gift", company_gift.pk)
    house.add("invoice", invoice_company(gift=company_gift, issued_on=on, due_on=on, actor=office).pk)
    a_promise(office, organisation=organisation, funder=f"{canary}-CITY", promised_on=on)
    content = csv_of(
        (on.isoformat(), "300000", "", f"{canary}-REMITTER"), (on.isoformat(), "7", "", f"{canary}-INTEREST")
    )
    statement = take_in_statement(organisation=organisation, content=content, actor=office)
    awaited, interest = statement.lines.order_by("-amount_yen")
    house.add("bank_line", awaited.pk)
    aside = set_line_aside(line=interest, words=f"{canary}-ASIDE", actor=office)
    house.add("bank_match", aside.pk)
    running = running_costs()
    post(debit=organisation.bank, credit=running, amount_yen=5_000, source="opening:1")
    fill = propose_fill(amount_yen=1_000, reason=f"{canary}-REASON", request_key=uuid4(), actor=office)
    house.add("reserve_fill", fill.pk)
    booked = approve_offline_gift(
        gift=noted(Campaign.objects.get(), office, donor_name=f"{canary}-BOOKED", received_on=on),
        actor=second_person(house.program),
    )
    assert booked.donation
    proposed = propose_refund(
        donation=booked.donation,
        amount_yen=1,
        reason=f"{canary}-REFUND",
        request_key=uuid4(),
        actor=office,
    )
    house.add("refund", proposed.pk)


def _school(house: House, canary: str, whose: str) -> None:
    office = house.people[Role.OFFICE]
    provider = apply_as_provider(
        name=f"{canary}-SCHOOL-{whose}",
        kind="juku",
        classroom=f"{canary}-ROOM-{whose}",
        area="area",
        actor=office,
    )
    provider = approve_provider(provider=provider, until=LAST_DAY, actor=office)
    classroom = Classroom.objects.get(provider=provider)
    house.add("provider", provider.pk)
    house.add("classroom", classroom.pk)
    added = add_device(
        classroom=classroom, label=f"{canary}-TILL-{whose}", kind=Device.Kind.SCREEN, actor=office
    )
    house.add("device", added.device.pk)
    if whose == "own":
        house.token = enrol_device(code=added.code, kind=Device.Kind.SCREEN).token
        ProviderOwner.objects.create(provider=provider, membership=house.people[Role.PROVIDER_ADMIN])
        add_staff(classroom=classroom, person=house.people[Role.COUNTER], actor=office)


def _family(house: House, canary: str, whose: str) -> None:
    office, city = house.people[Role.OFFICE], house.people[Role.CITY]
    application = apply(
        household=None,
        guardian=GuardianFacts(name=f"{canary}-PARENT-{whose}"),
        child=ChildFacts(
            name=f"{canary}-CHILD-{whose}",
            kana="カナ" + {"own": "ア", "another": "イ"}[whose],
            nickname=f"{canary}-NICK-{whose}",
            birth_date=date(2012, 5, 1),
        ),
        year=ProgramYear.objects.get(year=2026),
        actor=office,
    )
    application = approve(application=application, actor=city)
    house.add("application", application.pk)
    house.add("year", application.year_id)
    fund = Campaign.objects.get().fund
    coupon = issue(application=application, fund=fund, actor=office)
    house.add("coupon", coupon.pk)
    house.add("code", coupon.code)
    if whose == "own":
        guardian = house.people[Role.GUARDIAN]
        Guardian.objects.filter(household=application.child.household).update(membership=guardian)
    provider = Provider.objects.get(pk=house.things["provider"][0])
    taken = redeem(
        code=coupon.code,
        spend=Spend(amount_yen=1_000, category="tuition", request_key=uuid4()),
        at=Place(payee=provider.payable, place_id=house.things["classroom"][0], device_id=None),
        actor=house.people[Role.COUNTER],
    )
    house.add("redemption", taken.redemption_id)


def named(ours: House, theirs: House, kind: str) -> dict[str, Any]:
    """What stands in an address for `kind`: own, another's, another program's, missing."""
    mine, *others = ours.things[kind]
    missing: Any = uuid4() if isinstance(mine, UUID) else MISSING if isinstance(mine, int) else "missing"
    answer = {"own": mine, "foreign": theirs.things[kind][0], "missing": missing}
    return {**answer, "another": others[0]} if others else answer
