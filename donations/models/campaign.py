"""Calls for gifts."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donations.models.organisation import Organisation
from kernel.clock import today
from ledger.models import Account
from programs.models import Membership
from programs.scoping import ProgramScoped


class Campaign(ProgramScoped):
    """A call for gifts with a goal and an end, or a standing one. draft -> review -> open -> closed -> settled."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waits for a second person")
        OPEN = "open", _("Open for gifts")
        CLOSED = "closed", _("Ended")
        SETTLED = "settled", pgettext_lazy("campaigns", "Settled")

    class Kind(models.TextChoices):
        ALL_IN = "all_in", _("All-in: every gift is used, also when the goal is missed")
        ALL_OR_NOTHING = "all_or_nothing", _("All-or-nothing: gifts are taken only when the goal is reached")

    UNOPENED: ClassVar = (State.DRAFT, State.REVIEW)  # never shown to the public

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    operating = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    story = models.TextField(blank=True)  # rich text as donations/story.py reads it
    story_en = models.TextField(blank=True)
    goal_yen = models.PositiveBigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField(null=True)  # inclusive; None: a standing campaign, until a person closes it
    takes_monthly = models.BooleanField(default=False)  # gifts of every month, by card
    operating_per_mille = models.PositiveSmallIntegerField(default=0)  # promised share for running costs
    presets = models.JSONField(default=list)  # whole yen, for the chips
    minimum_yen = models.PositiveIntegerField(default=500)
    maximum_yen = models.PositiveIntegerField(default=3_000_000)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ALL_IN)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    submitted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    sent_back_words = models.CharField(max_length=400, blank=True)  # why the second person sent it back
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    goal_met = models.BooleanField(null=True)  # all-or-nothing, decided once, when it is closed
    job_id = models.BigIntegerField(null=True)  # the outbox job that charges its cards, or lets them go

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(state__in=["draft", "review", "open", "closed", "settled"]),
                name="campaign_state_known",
            ),
            CheckConstraint(condition=Q(kind__in=["all_in", "all_or_nothing"]), name="campaign_kind_known"),
            CheckConstraint(
                condition=Q(submitted_by__isnull=True)
                | Q(opened_by__isnull=True)
                | ~Q(opened_by=F("submitted_by")),
                name="campaign_opened_by_another",
            ),
            CheckConstraint(
                condition=~Q(state="review") | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="campaign_in_review_was_submitted",
            ),
            CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="campaign_days_in_order"),
            CheckConstraint(
                condition=Q(last_day__isnull=False) | Q(kind="all_in"), name="campaign_standing_is_all_in"
            ),
            CheckConstraint(
                condition=Q(takes_monthly=False) | Q(last_day__isnull=True),
                name="campaign_monthly_is_standing",
            ),
            CheckConstraint(condition=Q(goal_yen__gt=0), name="campaign_goal_above_zero"),
            CheckConstraint(
                condition=Q(operating_per_mille__lte=500), name="campaign_operating_at_most_half"
            ),
            CheckConstraint(
                condition=Q(minimum_yen__gte=50, maximum_yen__gte=F("minimum_yen")),
                name="campaign_amounts_in_order",  # Stripe takes no gift below 50 yen
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "review"]) | Q(fund__isnull=False, operating__isnull=False),
                name="campaign_accounts_when_open",
            ),
            CheckConstraint(
                condition=Q(goal_met__isnull=True, kind="all_in")
                | Q(goal_met__isnull=True, state__in=["draft", "review", "open"])
                | Q(goal_met__isnull=False, kind="all_or_nothing", state__in=["closed", "settled"]),
                name="campaign_goal_decided_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def review_mark(self) -> str:
        """Says which review a page was drawn from: nothing changes within one. '' outside of any."""
        return self.submitted_at.isoformat() if self.submitted_at else ""

    @property
    def source(self) -> str:
        """Its name in the trail and the outbox."""
        return f"campaign:{self.pk}"

    @property
    def was_opened(self) -> bool:
        """Whether the public has seen it: from then on its promises stand."""
        return self.state not in self.UNOPENED

    @property
    def is_all_or_nothing(self) -> bool:
        """Cards are saved, and charged only when the goal is met."""
        return self.kind == self.Kind.ALL_OR_NOTHING

    @property
    def is_ended(self) -> bool:
        """Closed by a person, settled or not."""
        return self.state in (self.State.CLOSED, self.State.SETTLED)

    @property
    def name(self) -> str:
        """The title, under the name that the `named` filter asks for."""
        return self.title

    @property
    def name_en(self) -> str:
        """The English title, or empty."""
        return self.title_en

    @property
    def begins_later(self) -> bool:
        """Whether its page is public and its first day is still to come."""
        return self.state == self.State.OPEN and self.first_day > today()

    def is_taking_gifts(self, on: date | None = None) -> bool:
        """Open, and `on` (today) is one of its days."""
        on = on or today()
        return self.state == self.State.OPEN and self.first_day <= on and not self.is_past(on)

    @property
    def is_standing(self) -> bool:
        """It has no last day: it ends when a person closes it."""
        return self.last_day is None

    def is_past(self, on: date) -> bool:
        """Whether its last day is over; never for a standing campaign."""
        return self.last_day is not None and on > self.last_day
