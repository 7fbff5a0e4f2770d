"""A standing campaign of 福岡 (渋谷 keeps to its published figures), and donors who give to it each month, paid at the stand-in Stripe like anyone."""

from uuid import UUID, uuid5

from django.conf import settings

from config.demo_data.people import donor_name
from config.demo_data.standin import pay_page
from donations.give import Donor
from donations.models import Campaign, Organisation, Pledge
from donations.open_campaign import open_campaign
from donations.start_monthly import ask_to_begin, start_monthly
from donations.take_in_months import ask_and_take_in
from kernel.clock import now, today
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

KEYS = UUID("0d5f6f63-93cb-4a1f-8f0a-6f5c6c1f1b52")
PAYS, PAYS_ONCE = "4242424242424242", "4000000000000341"  # the second is declined from the second month on
AMOUNTS = {1_000: PAYS, 3_000: PAYS, 5_000: PAYS, 2_000: PAYS_ONCE, 10_000: PAYS, 1_500: PAYS}
STORY = (
    "学びは、ひと月で終わりません。毎月の寄付は、毎年春に新しくクーポンを受け取る子どものために積み立てます。\n\n"
    "1回だけの寄付も受け付けています。毎月の寄付は、いつでもご自分のページから停止できます。"
)
STORY_EN = (
    "Learning does not end with a month. What comes in each month is kept for the children who get a coupon "
    "next spring.\n\nYou may also give once. A monthly gift can be stopped at any time on your own page."
)


def standing_campaign(organisation: Organisation, office: Membership) -> Campaign:
    """Open without an end; takes gifts once and each month."""
    draft = Campaign(
        organisation=organisation,
        title="毎月の寄付で、学びを支え続ける",
        title_en="Support learning every month",
        story=STORY,
        story_en=STORY_EN,
        goal_yen=3_000_000,
        first_day=today(),
        takes_monthly=True,
        operating_per_mille=200,
        presets=[1_000, 3_000, 5_000, 10_000],
    )
    return open_campaign(draft=draft, actor=office)


def begin_monthly(program: Program) -> None:
    """Idempotent; nothing happens without a stand-in, nor where no campaign takes monthly gifts."""
    with acting_in(program.pk):
        campaign = Campaign.objects.filter(takes_monthly=True).select_related("organisation").first()
        first = Membership.objects.filter(role=Role.DONOR).order_by("id").select_related("user").first()
    if not settings.STRIPE_API_BASE or campaign is None or first is None:
        return
    for number, (amount_yen, card) in enumerate(AMOUNTS.items()):
        email = first.user.email if number == 1 else f"monthly{number + 1}@{program.slug}.example"
        with acting_in(program.pk):
            pledge = start_monthly(
                campaign=campaign,
                amount_yen=amount_yen,
                donor=Donor(
                    email=email,
                    public_name=donor_name(number),
                    is_anonymous=number % 2 == 0,
                    agreement_version=campaign.organisation.agreement_version,
                ),
                request_key=uuid5(KEYS, f"monthly {number}"),
            )
        _pay_first_month(program, pledge, card)
    with acting_in(program.pk):  # nobody is told of what was made up
        Message.objects.filter(topic__in=("monthly_started", "gift_paid"), done_at=None).update(done_at=now())


def _pay_first_month(program: Program, pledge: Pledge, card: str) -> None:
    if pledge.is_waiting:
        pay_page(ask_to_begin(program=program, pledge_id=pledge.pk), email=pledge.email, card=card)
        ask_and_take_in(program_id=program.pk, pledge_id=pledge.pk)
