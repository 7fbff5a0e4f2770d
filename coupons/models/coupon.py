"""Coupons: money bound to one child for one program year."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from coupons.models.rules import UseRules
from families.models import Child
from ledger.models import Account
from programs.models import Membership, ProgramYear
from programs.scoping import ProgramScoped


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
    # The rules as they stood at issue; none: everything may be paid until the last day.
    rules = models.ForeignKey(UseRules, on_delete=models.PROTECT, null=True, related_name="+")
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
