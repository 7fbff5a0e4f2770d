"""What families are told of their coupons: reads the facts, the words stand in mails.py."""

from coupons.mails import issue_mail, use_mail
from coupons.models import Coupon, Redemption
from families.tell import tell_guardians
from ledger.balances import balance_yen
from outbox.models import Message


def tell_family_of_use(message: Message) -> None:
    """A coupon was used: where, when, how much, what is left. `message.about` is "redemption:<id>"."""
    used = Redemption.objects.select_related("payee", "coupon__account", "coupon__child__key").get(
        pk=message.about.split(":")[1]
    )
    child, left_yen = used.coupon.child, balance_yen(used.coupon.account)
    tell_guardians(
        message,
        household_id=child.household_id,
        write=lambda program: use_mail(used, left_yen, child.nickname, program),
    )


def tell_family_of_issue(message: Message) -> None:
    """A coupon can be used from now on. `message.about` is "coupon:<id>"."""
    coupon = Coupon.objects.select_related("child__key").get(pk=message.about.split(":")[1])
    child = coupon.child
    tell_guardians(
        message,
        household_id=child.household_id,
        write=lambda program: issue_mail(coupon, child.nickname, program),
    )
