"""What families are told of their coupons. Subjects are neutral and never say what the program is for."""

from django.utils.translation import gettext_lazy as _

from coupons.models import Coupon, Redemption
from families.tell import tell_guardians
from ledger.balances import balance_yen
from outbox.models import Message


def tell_family_of_use(message: Message) -> None:
    """A coupon was used: where, when, how much, what is left. `message.about` is "redemption:<id>"."""
    used = Redemption.objects.select_related("payee", "coupon__account", "coupon__child__key").get(
        pk=message.about.split(":")[1]
    )
    tell_guardians(
        message,
        household_id=used.coupon.child.household_id,
        subject=_("Notice of use"),
        template="coupons/family_mail/use.txt",
        used=used,
        left_yen=balance_yen(used.coupon.account),
        nickname=used.coupon.child.nickname,
    )


def tell_family_of_issue(message: Message) -> None:
    """A coupon can be used from now on. `message.about` is "coupon:<id>"."""
    coupon = Coupon.objects.select_related("child__key").get(pk=message.about.split(":")[1])
    tell_guardians(
        message,
        household_id=coupon.child.household_id,
        subject=_("Notice about your balance"),
        template="coupons/family_mail/issue.txt",
        coupon=coupon,
        nickname=coupon.child.nickname,
    )
