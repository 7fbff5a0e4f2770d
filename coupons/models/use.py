"""What was done with a coupon: uses, their undoing, its ending."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from coupons.models.coupon import Coupon
from coupons.models.rules import Category
from ledger.models import Account
from programs.fields import ProgramField
from programs.models import Membership
from programs.scoping import AppendOnly


class Redemption(AppendOnly):
    """One use of a coupon at a school. Written by coupons_redeem() alone, with its transfer.

    place_id and device_id are ids of the floor above (partners), without a foreign key, because keys
    point down; verify_books checks them. Its transfer and its audit record carry the same id.
    """

    program = ProgramField(append_only=True, by_functions=True)
    # Few indexes, so that the table stays flat to 10 million rows: the two below and the key's.
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    payee = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    place_id = models.BigIntegerField()
    device_id = models.BigIntegerField(null=True)
    amount_yen = models.BigIntegerField()
    category = models.CharField(max_length=12, choices=Category)
    request_key = models.UUIDField()
    redeemed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    redeemed_on = models.DateField()  # the Japanese day
    redeemed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["coupon", "id"], name="redemption_by_coupon"),
            models.Index(fields=["payee", "id"], name="redemption_by_payee"),
        ]
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="redemption_request_key_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="redemption_amount_above_zero"),
            CheckConstraint(condition=Q(category__in=Category.values), name="redemption_category_known"),
        ]

    def __str__(self) -> str:
        return f"redemption {self.pk}"


class Reversal(AppendOnly):
    """The undoing of one whole redemption, with a reason; the money is back on the coupon."""

    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="reversals")
    reason = models.CharField(max_length=200)
    reversed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "redemption"], name="reversal_once_per_redemption"),
        ]

    def __str__(self) -> str:
        return f"reversal {self.pk}"


class Expiry(AppendOnly):
    """What was left on a coupon after its last day and went back to its fund. More than one only when
    a use was taken back later."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="expiries")
    amount_yen = models.BigIntegerField()
    expired_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(amount_yen__gt=0), name="expiry_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return f"expiry {self.pk}"
