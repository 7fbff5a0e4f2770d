"""Reads of the secretariat's pages about mails: the samples, and what each mail that went out concerns."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from coupons.models import Redemption
from donations.models import Refund, UpdateMail
from kernel.mail_address import address_key
from outbox.mail_kinds import MAIL_KINDS, Audience, MailKind, Written
from outbox.models import Mail, MailReturn
from programs.models import Program

# The first word of a mail's `about` -> the page that shows such a thing, and what it is called.
PAGES: dict[str, tuple[str, str | Promise]] = {
    "donation": ("office-gift", _("Gift")),
    "receipt": ("office-receipt", _("Receipt")),
    "campaign_update": ("office-update", _("Update")),
    "application": ("office-family", _("Family")),
    "coupon": ("office-coupon", _("Coupon")),
}
# The same for what has no page of its own but stands in a list.
LISTS: dict[str, tuple[str, str | Promise]] = {"pledge": ("office-monthly", _("Monthly gifts"))}
STAFF = ("office-people", _("People and invitations"))


@dataclass(frozen=True)
class Line:
    """One mail, what came back of it, and the page of what it concerns."""

    mail: Mail
    label: str | Promise
    outcome: str  # sent, held, or a MailReturn.Kind
    page: str
    subject_id: int | None  # of that page
    concerns: str | Promise


def samples_by_audience() -> list[tuple[str, list[MailKind]]]:
    """Every kind of mail, by who gets it."""
    return [
        (str(audience.label), [kind for kind in MAIL_KINDS.values() if kind.to == audience])
        for audience in Audience
    ]


def samples_of(kind: str, program: Program) -> list[tuple[str, Written]]:
    """The sample in each language."""
    found = []
    for language in ("ja", "en"):
        with override(language):
            found.append((language, MAIL_KINDS[kind].sample(program)))
    return found


def mails_to(address: str, *, program_id: int) -> QuerySet[Mail]:
    """Mails to exactly that address, the newest first."""
    found: QuerySet[Mail] = Mail.objects.filter(address_key=address_key(address, program_id=program_id))
    return found.order_by("-id")


def lines_of(mails: Iterable[Mail]) -> list[Line]:
    """A line for each mail. A fixed number of queries."""
    shown = list(mails)
    back = dict(
        MailReturn.objects.filter(mail__in=shown).order_by("id").values_list("mail_id", "kind")
    )  # the last one stands
    places = _places(mail.about for mail in shown)
    return [_line(mail, back.get(mail.pk, ""), places) for mail in shown]


def _line(mail: Mail, came_back: str, places: dict[str, str]) -> Line:
    kind = MAIL_KINDS.get(mail.kind)
    first, _colon, number = places.get(mail.about, mail.about).partition(":")
    page, concerns = PAGES.get(first) or LISTS.get(first, STAFF)
    subject_id = int(number) if first in PAGES and number.isdigit() else None
    outcome = "held" if mail.is_held else came_back or "sent"
    return Line(mail, kind.label if kind else mail.kind, outcome, page, subject_id, concerns)


def _places(abouts: Iterable[str]) -> dict[str, str]:
    """For things without a page of their own, the thing that has one: refund:5 -> donation:3."""
    ids: dict[str, list[int]] = defaultdict(list)
    for about in abouts:
        first, _colon, number = about.partition(":")
        if number.isdigit():
            ids[first].append(int(number))
    refunds = Refund.objects.filter(pk__in=ids["refund"]).values_list("pk", "donation_id")
    updates = UpdateMail.objects.filter(pk__in=ids["update_mail"]).values_list("pk", "donation_id")
    uses = Redemption.objects.filter(pk__in=ids["redemption"]).values_list("pk", "coupon_id")
    return {
        **{f"refund:{pk}": f"donation:{gift}" for pk, gift in refunds},
        **{f"update_mail:{pk}": f"donation:{gift}" for pk, gift in updates},
        **{f"redemption:{pk}": f"coupon:{coupon}" for pk, coupon in uses},
    }
