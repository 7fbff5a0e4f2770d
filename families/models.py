"""Households, guardians, children and their applications: personal data, in one place.

Names and birth dates are sealed (families/sealed.py) with one key per child; what is read here in
clear is read through the properties, and nothing about a family's means is stored at all.
"""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from families.grades import grade, grade_words
from families.sealed import Sealed
from programs.models import Membership, ProgramYear
from programs.scoping import ProgramScoped


class ChildKey(ProgramScoped):
    """The key of one person's sealed columns, wrapped by the installation's key. Erasure destroys it."""

    wrapped = models.BinaryField()
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key {self.pk}"


class Household(ProgramScoped):
    """People who apply together. Guardians act, children hold coupons."""

    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"household {self.pk}"


class Guardian(ProgramScoped):
    """Who acts for the children of a household."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="guardians")
    key = models.ForeignKey(ChildKey, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    name = Sealed()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["program", "membership", "household"], name="guardian_once_per_household"
            )
        ]

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Child(ProgramScoped):
    """A child. At a counter only the nickname is shown."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="children")
    key = models.ForeignKey(ChildKey, on_delete=models.PROTECT, related_name="+")
    name = Sealed()
    kana = Sealed()
    nickname = Sealed()
    born = Sealed()  # ISO date
    blind = models.BinaryField(max_length=32, null=True)  # families/blind.py; empty once erased
    grade_override = models.PositiveSmallIntegerField(
        null=True
    )  # 1-6, 7-9, 10-12; with a reason in the trail

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(grade_override__isnull=True) | Q(grade_override__gte=1, grade_override__lte=13),
                name="child_grade_1_to_13",
            ),
            UniqueConstraint(fields=["program", "blind"], name="child_known_once"),
        ]

    def __str__(self) -> str:
        return f"child {self.pk}"  # never a name: this stands in logs

    @property
    def birth_date(self) -> date:
        """The birth date."""
        return date.fromisoformat(self.born)

    def grade_in(self, year: int) -> int:
        """The grade in fiscal year `year`, counted through from 1; someone's word goes before the birth date."""
        return self.grade_override or grade(self.birth_date, year)


class Application(ProgramScoped):
    """A family asks for a coupon for one child and one program year."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Waiting for a decision")
        APPROVED = "approved", pgettext_lazy("families", "Approved")
        DECLINED = "declined", pgettext_lazy("families", "Declined")

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="applications")
    year = models.ForeignKey(ProgramYear, on_delete=models.PROTECT, related_name="applications")
    # Counted through from 1, in that year. In clear, unlike the birth date: amounts and places go by it.
    grade_number = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "child", "year"], name="application_one_per_child_year"),
            CheckConstraint(
                condition=Q(state="applied", decided_at__isnull=True)
                | Q(state__in=["approved", "declined"], decided_at__isnull=False),
                name="application_decided_with_date",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.pk}"

    @property
    def grade(self) -> str:
        """The child's grade in that year, in words; what an erased child leaves is no grade."""
        if self.child.key.destroyed_at is not None:
            return pgettext("families", "Erased")
        return grade_words(self.grade_number)
