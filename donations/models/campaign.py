"""Calls for gifts."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.organisation import Organisation
from kernel.clock import today
from ledger.models import Account
from programs.scoping import ProgramScoped


class Campaign(ProgramScoped):
    """A call for gifts with a goal and an end. draft -> open -> closed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for gifts")
        CLOSED = "closed", _("Ended")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    operating = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    story = models.TextField(blank=True)  # plain paragraphs, parted by an empty line
    story_en = models.TextField(blank=True)
    goal_yen = models.PositiveBigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()  # inclusive
    operating_per_mille = models.PositiveSmallIntegerField(default=0)  # promised share for running costs
    presets = models.JSONField(default=list)  # whole yen, for the chips
    minimum_yen = models.PositiveIntegerField(default=500)
    maximum_yen = models.PositiveIntegerField(default=3_000_000)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(state__in=["draft", "open", "closed"]), name="campaign_state_known"),
            CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="campaign_days_in_order"),
            CheckConstraint(condition=Q(goal_yen__gt=0), name="campaign_goal_above_zero"),
            CheckConstraint(
                condition=Q(operating_per_mille__lte=500), name="campaign_operating_at_most_half"
            ),
            CheckConstraint(
                condition=Q(minimum_yen__gte=50, maximum_yen__gte=F("minimum_yen")),
                name="campaign_amounts_in_order",  # Stripe takes no gift below 50 yen
            ),
            CheckConstraint(
                condition=Q(state="draft") | Q(fund__isnull=False, operating__isnull=False),
                name="campaign_accounts_when_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title, under the name that the `named` filter asks for."""
        return self.title

    @property
    def name_en(self) -> str:
        """The English title, or empty."""
        return self.title_en

    def is_taking_gifts(self, on: date | None = None) -> bool:
        """Open, and `on` (today) is one of its days."""
        return self.state == self.State.OPEN and self.first_day <= (on or today()) <= self.last_day
