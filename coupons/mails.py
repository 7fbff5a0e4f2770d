"""What this floor writes to families, and a sample of each. Subjects never say what the program is for."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from coupons.models import Coupon, Redemption
from families.mails import family_mail
from kernel.clock import now, today
from ledger.models import Account
from outbox.mail_kinds import Audience, Written, describes_mail
from programs.models import Program


def issue_mail(coupon: Coupon, nickname: str, program: Program) -> Written:
    """The coupon can be used from now on."""
    facts: dict[str, Any] = {"coupon": coupon, "nickname": nickname}
    subject = _("Notice about your balance")
    template = "coupons/family_mail/issue.txt"
    return family_mail("coupon_issued", program, subject=subject, template=template, **facts)


def use_mail(used: Redemption, left_yen: int, nickname: str, program: Program) -> Written:
    """The coupon was used: where, when, how much, what is left."""
    facts: dict[str, Any] = {"used": used, "left_yen": left_yen, "nickname": nickname}
    subject = _("Notice of use")
    return family_mail(
        "coupon_redeemed", program, subject=subject, template="coupons/family_mail/use.txt", **facts
    )


def _no_name() -> str:
    return pgettext("mails", "(nickname)")


@describes_mail("coupon_issued", label=_("A coupon can be used"), to=Audience.FAMILIES)
def _sample_issue(program: Program) -> Written:
    coupon = Coupon(program=program, face_yen=200_000, last_day=today() + timedelta(days=200))
    return issue_mail(coupon, _no_name(), program)


@describes_mail("coupon_redeemed", label=_("A coupon was used"), to=Audience.FAMILIES)
def _sample_use(program: Program) -> Written:
    payee = Account(label=pgettext("mails", "(name of the classroom)"))
    used = Redemption(program=program, payee=payee, amount_yen=5_000, redeemed_at=now())
    return use_mail(used, 195_000, _no_name(), program)
