"""What this floor writes to donors and to the secretariat, and a sample of each with made-up facts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from donations.models import (
    Campaign,
    CampaignUpdate,
    Donation,
    Organisation,
    Pledge,
    Receipt,
    Refund,
    SavedCard,
)
from donations.stop_updates import stop_key
from donations.story import story_text
from kernel.clock import now, today
from kernel.templatetags.look import named
from outbox.mail_kinds import Audience, Written, describes_mail, write_mail
from programs.models import Program

NOBODY = UUID(int=0)


def _address(program: Program, page: str, *rest: Any) -> str:
    return settings.PUBLIC_URL + reverse(page, args=[program.slug, *rest])


def facts_of_gift(donation: Donation, program: Program) -> dict[str, Any]:
    """What every mail about a gift may say."""
    return {
        "donation": donation,
        "program": program,
        "organisation": donation.campaign.organisation,
        "home": _address(program, "program-home"),
        "address": _address(program, "gift", donation.reference),
    }


def thanks_mail(donation: Donation, program: Program) -> Written:
    """Thanks, the amount and the link to the gift's page."""
    facts = facts_of_gift(donation, program)
    return write_mail(
        "gift_paid", subject=_("Thank you for your gift"), template="donations/mail/thanks.txt", **facts
    )


def to_pay_mail(donation: Donation, program: Program) -> Written:
    """Where the shop's code or the bank account stands, and until when."""
    facts = facts_of_gift(donation, program)
    return write_mail("gift_to_pay", subject=_("How to pay"), template="donations/mail/to_pay.txt", **facts)


def refund_mail(refund: Refund, program: Program) -> Written:
    """How much goes back, to where, and how long it takes."""
    facts = facts_of_gift(refund.donation, program)
    subject = _("Your gift was paid back")
    return write_mail(
        "refund_done", subject=subject, template="donations/mail/refunded.txt", refund=refund, **facts
    )


def receipt_mail(receipt: Receipt, program: Program) -> Written:
    """The receipt is there. Neither the subject nor the mail says a name or carries the paper."""
    return _about_receipt("receipt_issued", "donations/mail/receipt.txt", receipt, program)


def receipt_cancelled_mail(receipt: Receipt, program: Program) -> Written:
    """The receipt is void."""
    return _about_receipt("receipt_cancelled", "donations/mail/receipt_cancelled.txt", receipt, program)


def _about_receipt(kind: str, template: str, receipt: Receipt, program: Program) -> Written:
    facts: dict[str, Any] = {
        "receipt": receipt,
        "program": program,
        "organisation": receipt.organisation,
        "home": _address(program, "program-home"),
        "address": _address(program, "my-receipts"),
    }
    subject = _("About your document %(number)s") % {"number": receipt.full_number}
    return write_mail(kind, subject=subject, template=template, **facts)


def update_mail(update: CampaignUpdate, gift: Donation, program: Program) -> Written:
    """The update in the active language; the Japanese words where it has no English ones."""
    is_english = (get_language() or "ja").startswith("en") and bool(update.body_en)
    text = update.body_en if is_english else update.body
    pictures: dict[int, str] = {}
    if update.campaign.pk:
        pictures = dict(update.campaign.pictures.values_list("number", "alt_en" if is_english else "alt"))
    stop_address = _address(program, "updates-stop", stop_key(gift))
    return write_mail(
        "campaign_update",
        subject=named(update),
        template="donations/mail/update.txt",
        headers={
            "List-Unsubscribe": f"<{stop_address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        update=update,
        campaign=update.campaign,
        program=program,
        text=story_text(text, pictures),
        address=_address(program, "campaign-update", update.campaign_id or 0, update.pk or 0),
        story_address=_address(program, "fund-story", update.campaign_id or 0),
        home=_address(program, "program-home"),
        organisation=update.campaign.organisation,
        stop_address=stop_address,
    )


def shield_mail(declined: int, program: Program) -> Written:
    """Many cards were declined: what happens, and that nothing needs doing."""
    facts: dict[str, Any] = {"program": program, "declined": declined, "address": _address(program, "office")}
    return write_mail(
        "shield_raised",
        subject=_("Many declined cards"),
        template="donations/mail/shield_raised.txt",
        **facts,
    )


@dataclass(frozen=True)
class Told:
    """What a topic's mail is called, and the state of the gift in which it is still true."""

    subject: str | Promise
    label: str | Promise
    state: str


# Topic -> its mail; the text is donations/mail/<topic>.txt.
PROMISE_MAILS = {
    "card_saved": Told(
        gettext_lazy("Your gift is promised"), gettext_lazy("A card was saved"), Donation.State.SAVED
    ),
    "card_let_go": Told(
        gettext_lazy("Nothing was taken"), gettext_lazy("A saved card was let go"), Donation.State.LET_GO
    ),
    "promise_declined": Told(
        gettext_lazy("Your gift could not be charged"),
        gettext_lazy("A saved card was declined"),
        Donation.State.DECLINED,
    ),
    "promise_reminder": Told(
        gettext_lazy("Your gift is not paid yet"),
        gettext_lazy("A declined gift is remembered"),
        Donation.State.DECLINED,
    ),
    "promise_failed": Told(
        gettext_lazy("Your gift was not paid"),
        gettext_lazy("A promised gift was given up"),
        Donation.State.FAILED,
    ),
}


def promise_mail(topic: str, card: SavedCard, program: Program) -> Written:
    """The mail of that topic in the active language."""
    facts = facts_of_gift(card.donation, program)
    template = f"donations/mail/{topic}.txt"
    return write_mail(topic, subject=PROMISE_MAILS[topic].subject, template=template, card=card, **facts)


# Topic -> (subject, what the secretariat calls it); the text is donations/mail/<topic>.txt.
MONTHLY_MAILS: dict[str, tuple[str | Promise, str | Promise]] = {
    "monthly_started": (
        gettext_lazy("Your monthly gift has begun"),
        gettext_lazy("A monthly gift has begun"),
    ),
    "monthly_changed": (
        gettext_lazy("Your monthly gift was changed"),
        gettext_lazy("A monthly gift was changed"),
    ),
    "monthly_ended": (
        gettext_lazy("Your monthly gift was stopped"),
        gettext_lazy("A monthly gift was stopped"),
    ),
    "monthly_declined": (
        gettext_lazy("Your card could not be charged"),
        gettext_lazy("A month could not be charged"),
    ),
}


def monthly_mail(topic: str, pledge: Pledge, program: Program) -> Written:
    """One of the four. The link leads to the donor's own page, behind the sign-in: no key is in the mail."""
    return write_mail(
        topic,
        subject=MONTHLY_MAILS[topic][0],
        template=f"donations/mail/{topic}.txt",
        pledge=pledge,
        program=program,
        organisation=pledge.campaign.organisation,
        home=_address(program, "program-home"),
        address=_address(program, "my-monthly", pledge.pk),
    )


# --- Samples: nobody's gift, at nobody's address ------------------------------------------------


def _sample_campaign(program: Program) -> Campaign:
    organisation = Organisation(program=program, name=_("Sample receiving organisation"))
    title = _("Sample campaign")
    return Campaign(program=program, organisation=organisation, title=title, goal_yen=1_000_000)


def sample_gift(program: Program, **changes: Any) -> Donation:
    """A gift for previews; it names no one and its links open nothing."""
    facts: dict[str, Any] = {
        "pk": 1234567890,
        "program": program,
        "campaign": _sample_campaign(program),
        "amount_yen": 10_000,
        "operating_yen": 1_000,
        "reference": NOBODY,
        "paid_at": now(),
        "email": "",
    }
    return Donation(**{**facts, **changes})


def _sample_receipt(program: Program) -> Receipt:
    return Receipt(
        program=program, organisation=_sample_campaign(program).organisation, year=today().year, number=12
    )


@describes_mail("gift_paid", label=gettext_lazy("Thanks for a gift"), to=Audience.DONORS, is_answer=True)
def _sample_thanks(program: Program) -> Written:
    return thanks_mail(sample_gift(program), program)


@describes_mail(
    "gift_to_pay",
    label=gettext_lazy("How to pay at a shop or by bank"),
    to=Audience.DONORS,
    is_answer=True,
)
def _sample_to_pay(program: Program) -> Written:
    until = now() + timedelta(days=3)
    method = Donation.Method.KONBINI
    return to_pay_mail(sample_gift(program, method=method, pay_until=until, paid_at=None), program)


@describes_mail("refund_done", label=gettext_lazy("A gift went back"), to=Audience.DONORS, is_answer=True)
def _sample_refund(program: Program) -> Written:
    return refund_mail(Refund(program=program, donation=sample_gift(program), amount_yen=10_000), program)


@describes_mail(
    "receipt_issued", label=gettext_lazy("A receipt is ready"), to=Audience.DONORS, is_answer=True
)
def _sample_receipt_mail(program: Program) -> Written:
    return receipt_mail(_sample_receipt(program), program)


@describes_mail(
    "receipt_cancelled", label=gettext_lazy("A receipt was cancelled"), to=Audience.DONORS, is_answer=True
)
def _sample_receipt_cancelled(program: Program) -> Written:
    return receipt_cancelled_mail(_sample_receipt(program), program)


@describes_mail("campaign_update", label=gettext_lazy("News of a campaign"), to=Audience.DONORS)
def _sample_update(program: Program) -> Written:
    update = CampaignUpdate(
        program=program,
        campaign=_sample_campaign(program),
        title=_("Sample title of an update"),
        body=_("Here stands what you write in the update."),
    )
    return update_mail(update, sample_gift(program, pk=0), program)


@describes_mail("shield_raised", label=gettext_lazy("Many declined cards"), to=Audience.OFFICE)
def _sample_shield(program: Program) -> Written:
    return shield_mail(25, program)


def _describe(topic: str) -> None:
    @describes_mail(topic, label=PROMISE_MAILS[topic].label, to=Audience.DONORS, is_answer=True)
    def sample(program: Program) -> Written:
        gift = sample_gift(program, paid_at=None, pay_until=now() + timedelta(days=7))
        gift.campaign.kind = gift.campaign.Kind.ALL_OR_NOTHING
        gift.campaign.last_day = today() + timedelta(days=10)
        return promise_mail(topic, SavedCard(program=program, donation=gift), program)


for _topic in PROMISE_MAILS:
    _describe(_topic)


def _describe_monthly(topic: str) -> None:
    @describes_mail(topic, label=MONTHLY_MAILS[topic][1], to=Audience.DONORS, is_answer=True)
    def sample(program: Program) -> Written:
        soon = today() + timedelta(days=20)
        pledge = Pledge(
            pk=1234567890,
            program=program,
            campaign=_sample_campaign(program),
            amount_yen=1_000,
            next_charge_on=soon,
        )
        return monthly_mail(topic, pledge, program)


for _topic in MONTHLY_MAILS:
    _describe_monthly(_topic)
