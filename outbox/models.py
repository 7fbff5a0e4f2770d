"""Messages to be delivered after the transaction, and long jobs with their progress."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from programs.models import Membership
from programs.scoping import ProgramScoped


class Message(ProgramScoped):
    """Something to be told or done once, written in the transaction that caused it.

    waiting (sent_at empty) -> sent to a worker -> done. A message that was sent and not done is
    sent again when its lease is over; the handler's transaction marks it done, so it acts once.
    """

    topic = models.CharField(max_length=60)
    about = models.CharField(max_length=60)  # "redemption:123"
    facts = models.JSONField(default=dict)  # ids and numbers, never a name
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)  # a worker has it until then
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="message_not_done", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.about}"


class Job(ProgramScoped):
    """Work that takes longer than a second: done in steps, each its own transaction."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # of `done`, how many were refused
    outcome = models.JSONField(default=list)  # up to 200 refusals: {"about": ..., "code": ...}
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total"),
            CheckConstraint(condition=Q(refused__lte=F("done")), name="job_refused_within_done"),
            CheckConstraint(condition=Q(state__in=["running", "done", "stopped"]), name="job_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"
