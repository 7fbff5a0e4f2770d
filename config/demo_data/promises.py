"""An all-or-nothing campaign of 福岡, and donors whose cards are saved for it at the stand-in Stripe: nothing is taken."""

from datetime import timedelta
from uuid import UUID, uuid5

from django.conf import settings

from config.demo_data.people import donor_name
from config.demo_data.standin import pay_page
from donations.follow import ask_and_follow
from donations.give import Donor, ask_to_pay, give
from donations.models import Campaign, Organisation
from donations.open_campaign import open_campaign
from kernel.clock import now, today
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

KEYS = UUID("3f2b7c1d-5a64-4e0c-9c0e-7a1f4d2b9e60")
DAYS = 21
PAYS, DECLINED_LATER = "4242424242424242", "4000000000000341"  # the second is declined when it is charged
CARDS = [
    (30_000, PAYS),
    (10_000, PAYS),
    (5_000, PAYS),
    (50_000, PAYS),
    (3_000, DECLINED_LATER),
    (10_000, PAYS),
    (20_000, PAYS),
    (58_000, PAYS),
]
STORY = (
    "夏休みのあいだ、通える教室がない子どもたちのために、夏の学びのクーポンを用意します。\n\n"
    "30万円に届けば10人分を用意できます。届かなければ人数が足りず始められないため、どなたからもお金をいただきません。"
)
STORY_EN = (
    "For children who have no class to go to in the summer holidays, we prepare coupons for a summer of learning.\n\n"
    "300,000 yen are enough for ten children. With less it cannot begin, so nothing is taken from anyone."
)


def summer_campaign(organisation: Organisation, office: Membership) -> Campaign:
    """Open for three weeks; its goal is not reached yet."""
    draft = Campaign(
        organisation=organisation,
        title="夏の学びのクーポンを、10人に",
        title_en="A summer of learning for ten children",
        story=STORY,
        story_en=STORY_EN,
        goal_yen=300_000,
        first_day=today(),
        last_day=today() + timedelta(days=DAYS),
        kind=Campaign.Kind.ALL_OR_NOTHING,
        operating_per_mille=100,
        presets=[3_000, 10_000, 30_000],
    )
    return open_campaign(draft=draft, actor=office)


def begin_promises(program: Program) -> None:
    """Idempotent while the campaign takes gifts; nothing happens without a stand-in or such a campaign."""
    with acting_in(program.pk):
        kind = Campaign.Kind.ALL_OR_NOTHING
        campaign = Campaign.objects.filter(kind=kind).select_related("organisation").first()
        first = Membership.objects.filter(role=Role.DONOR).order_by("id").select_related("user").first()
    if not settings.STRIPE_API_BASE or campaign is None or first is None or not campaign.is_taking_gifts():
        return
    for number, (amount_yen, card) in enumerate(CARDS):
        email = first.user.email if number == 1 else f"promise{number + 1}@{program.slug}.example"
        _save_card(program, campaign, number, amount_yen, (email, card))
    with acting_in(program.pk):  # nobody is told of what was made up
        Message.objects.filter(topic="card_saved", done_at=None).update(done_at=now())


def _save_card(
    program: Program, campaign: Campaign, number: int, amount_yen: int, email_and_card: tuple[str, str]
) -> None:
    email, card = email_and_card
    key = uuid5(KEYS, f"promise {number}")
    with acting_in(program.pk):
        gift = give(
            campaign=campaign,
            amount_yen=amount_yen,
            donor=Donor(
                email=email,
                public_name=donor_name(number + 20),
                is_anonymous=number % 2 == 0,
                agreement_version=campaign.organisation.agreement_version,
            ),
            request_key=key,
        )
    if gift.is_waiting:
        pay_page(ask_to_pay(program=program, donation_id=gift.pk), email=email, card=card)
        ask_and_follow(program_id=program.pk, donation_id=gift.pk)
