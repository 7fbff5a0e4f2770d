"""The rules of a program year about the money: amounts by grade, windows, categories, caps."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from programs.models import Membership, ProgramYear
from programs.scoping import AppendOnly


class Category(models.TextChoices):
    """What a redemption pays for. Source: Osaka's and Fukuoka's lists (docs/decisions/0001)."""

    TUITION = "tuition", _("Tuition")
    ENTRY = "entry", _("Entry fee")
    TESTS = "tests", _("Tests")
    MATERIALS = "materials", _("Materials")
    OTHER = "other", _("Other")


class UseRules(AppendOnly):
    """One version of a year's rules. The newest holds for coupons issued from now on; a coupon keeps its own.

    The JSON columns are read and checked by coupons/use_rules.py alone.
    """

    year = models.ForeignKey(ProgramYear, on_delete=models.PROTECT, related_name="use_rules")
    version = models.PositiveSmallIntegerField()
    amounts = models.JSONField(default=list)  # [{"from": 9, "to": 9, "yen": 200000}]; empty: the year's face
    windows = models.JSONField(default=list)  # [{"first": "2026-04-01", "last": "2026-04-30", "yen": 10000}]
    carries_over = models.BooleanField(default=False)  # what a window left may be used in the next ones
    categories = models.JSONField(default=list)  # what may be paid; never empty
    per_use_yen = models.PositiveIntegerField(null=True)  # at most in one use
    per_day_yen = models.PositiveIntegerField(null=True)  # at most on one Japanese day
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "year", "version"], name="use_rules_version_once"),
            CheckConstraint(condition=~Q(categories=[]), name="use_rules_allow_something"),
            CheckConstraint(condition=Q(per_use_yen=None) | Q(per_use_yen__gt=0), name="use_rules_per_use"),
            CheckConstraint(condition=Q(per_day_yen=None) | Q(per_day_yen__gt=0), name="use_rules_per_day"),
        ]

    def __str__(self) -> str:
        return f"rules {self.version} of year {self.year_id}"
