"""Money that is put into the loss reserve."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.clock import now
from ledger.models import Account
from programs.models import Membership
from programs.scoping import ProgramScoped


class ReserveFill(ProgramScoped):
    """Running costs -> loss reserve. One person asks, another moves the money. waiting -> filled | dropped."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        FILLED = "filled", _("In the reserve")
        DROPPED = "dropped", _("Not done")

    operating = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    reserve = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_yen = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    request_key = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)  # why it was not done

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="reserve_fill_request_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="reserve_fill_amount_above_zero"),
            CheckConstraint(condition=~Q(reason=""), name="reserve_fill_has_a_reason"),
            CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="filled", decided_by__isnull=False, decided_at__isnull=False)
                | Q(state="dropped", decided_by__isnull=False, decided_at__isnull=False) & ~Q(words=""),
                name="reserve_fill_state_fits",
            ),
            CheckConstraint(
                condition=~Q(state="filled") | ~Q(decided_by=F("asked_by")), name="reserve_fill_second_person"
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger and the trail."""
        return f"reserve_fill:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == self.State.WAITING
