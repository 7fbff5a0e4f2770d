"""Coupons: money bound to one child for one program year, and what was done with it."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from families.models import Child
from ledger.models import Account
from programs.fields import ProgramField
from programs.models import Membership, ProgramYear
from programs.scoping import AppendOnly, ProgramScoped


class Coupon(ProgramScoped):
    """One child's study money for one program year. It pays schools and is never cash.

    What is left stands in its account's Balance, nowhere else.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Ended")
        VOID = "void", _("Cancelled")

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="coupons")
    year = models.ForeignKey(ProgramYear, on_delete=models.PROTECT, related_name="coupons")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)  # shown to people as XXXX-XXXX-XXXX (kernel/codes.py)
    face_yen = models.PositiveIntegerField()  # frozen at issue
    first_day = models.DateField()  # spendable from this day on, Japan time; frozen at issue
    last_day = models.DateField()  # still spendable on this day
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "code"], name="coupon_code_once"),
            UniqueConstraint(fields=["program", "account"], name="coupon_one_per_account"),
            UniqueConstraint(
                fields=["program", "child", "year"],
                condition=~Q(state="void"),
                name="coupon_one_per_child_year",
            ),
            CheckConstraint(condition=Q(face_yen__gt=0), name="coupon_face_above_zero"),
            CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="coupon_days_in_order"),
            CheckConstraint(condition=Q(state__in=["active", "expired", "void"]), name="coupon_state_known"),
        ]

    def __str__(self) -> str:
        return f"coupon {self.pk}"  # never the code: this stands in logs


class Category(models.TextChoices):
    """What a redemption pays for. Source: Osaka's and Fukuoka's lists (docs/decisions/0001)."""

    TUITION = "tuition", _("Tuition")
    ENTRY = "entry", _("Entry fee")
    TESTS = "tests", _("Tests")
    MATERIALS = "materials", _("Materials")
    OTHER = "other", _("Other")


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
