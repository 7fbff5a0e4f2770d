"""Money of cities and sponsors."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ledger.models import Account
from programs.scoping import ProgramScoped


class Grant(ProgramScoped):
    """Money of a city or a sponsor that came by bank."""

    funder = models.CharField(max_length=80)
    fund = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_yen = models.PositiveBigIntegerField()
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)  # where it is written down: letter, bank line
    request_key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "request_key"], name="grant_request_once"),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="grant_amount_above_zero"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The event's name in the ledger."""
        return f"grant:{self.pk}"
