"""The trail: who did what, when. Appended only."""

from typing import ClassVar

from django.db import models

from programs.scoping import AppendOnly


class Record(AppendOnly):
    """One act or one reading of personal data.

    `actor_id` is a Membership's id, without a foreign key: the trail outlives people. `facts` hold
    amounts and ids, never names or addresses.
    """

    verb = models.CharField(max_length=60)  # "coupon.redeemed", "child.read"
    subject = models.CharField(max_length=60)  # "redemption:123"
    actor_id = models.BigIntegerField(null=True)  # None: the machine itself
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
