"""Messages to be delivered after the transaction, and long jobs with their progress."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.clock import now
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


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


class Mail(AppendOnly):
    """One mail to one address: handed to the mail server, or held back because its mails come back.

    The address stands here as a key and a mask alone.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=60)  # a name in outbox.mail_kinds
    about = models.CharField(max_length=60)  # the message's own
    address_key = models.BinaryField(max_length=32)  # kernel.mail_address
    masked = models.CharField(max_length=254)
    is_held = models.BooleanField(default=False)  # never left: nobody is reached there
    header_id = models.CharField(max_length=120)  # its Message-ID, the same for a repeat
    provider_id = models.CharField(max_length=120, blank=True)  # the mail provider's own name for it
    sent_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "message", "address_key"], name="mail_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about", "-id"], name="mail_by_about"),
            models.Index(fields=["address_key", "-id"], name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"mail:{self.pk}"


class MailReturn(AppendOnly):
    """What the mail provider said of one mail afterwards: it came back, or the reader complained."""

    class Kind(models.TextChoices):
        HARD = "hard", _("The address does not exist")
        SOFT = "soft", _("Not delivered for now")
        COMPLAINT = "complaint", _("Marked as unwanted")

    STOPPING: ClassVar = (Kind.HARD, Kind.COMPLAINT)

    mail = models.ForeignKey(Mail, on_delete=models.PROTECT, related_name="returns")
    kind = models.CharField(max_length=10, choices=Kind)
    event_id = models.CharField(max_length=120)
    address_key = models.BinaryField(max_length=32)  # the mail's
    noted_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "event_id"], name="mail_return_once"),
            CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint"]), name="mail_return_kind_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["address_key", "-id"], name="mail_return_by_address")]

    def __str__(self) -> str:
        return f"mail_return:{self.pk}"


class MailAgain(AppendOnly):
    """The secretariat's word that mails go to an address again: returns of earlier mails no longer count."""

    address_key = models.BinaryField(max_length=32)
    last_return = models.ForeignKey(MailReturn, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "last_return"], name="mail_again_once"),
            CheckConstraint(condition=~Q(reason=""), name="mail_again_has_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["address_key", "-id"], name="mail_again_by_address")]

    def __str__(self) -> str:
        return f"mail_again:{self.pk}"
