"""What the bank says: statements read in, their lines, and what explains each line."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.organisation import Organisation
from kernel.clock import now
from programs.models import Membership
from programs.scoping import AppendOnly


class BankStatement(AppendOnly):
    """One file of a bank that was taken in."""

    class Form(models.TextChoices):
        ZENGIN = "zengin", _("Zengin file")
        CSV = "csv", _("CSV file")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=10, choices=Form)
    sha256 = models.CharField(max_length=64)  # of the file, so that it can be found again
    new_lines = models.PositiveIntegerField()
    repeated_lines = models.PositiveIntegerField()
    bad_rows = models.PositiveIntegerField()
    taken_in_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    taken_in_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"bank_statement:{self.pk}"


class BankLine(AppendOnly):
    """One movement on the bank account, as the bank wrote it. Money in is above zero, out below."""

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    amount_yen = models.BigIntegerField()
    payer = models.CharField(max_length=100, blank=True)
    payer_key = models.CharField(max_length=100, blank=True)  # donations/payer_key.py
    fingerprint = models.CharField(max_length=64)
    occurrence = models.PositiveSmallIntegerField()  # the first, second, ... of the same in one file

    class Meta:
        constraints: ClassVar = [
            # The same statement read twice, or two that overlap, add a line once.
            UniqueConstraint(
                fields=["program", "organisation", "fingerprint", "occurrence"], name="bank_line_once"
            ),
            CheckConstraint(condition=~Q(amount_yen=0), name="bank_line_moves_money"),
        ]

    def __str__(self) -> str:
        return f"bank_line:{self.pk}"

    @property
    def size_yen(self) -> int:
        """The amount without its direction."""
        return abs(self.amount_yen)


class BankMatch(AppendOnly):
    """What explains a line: the source of its booking in the ledger, or words why it is none of ours."""

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    source = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=200, blank=True)
    matched_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField(default=now)
    turn = models.PositiveSmallIntegerField(default=1)  # of the line: one more than were undone
    source_turn = models.PositiveSmallIntegerField(default=1)  # the same of the booking

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "line", "turn"], name="bank_match_one_per_line"),
            UniqueConstraint(
                fields=["program", "source", "source_turn"],
                condition=~Q(source=""),
                name="bank_match_one_per_source",
            ),
            CheckConstraint(condition=~Q(source="") | ~Q(words=""), name="bank_match_says_why"),
        ]

    def __str__(self) -> str:
        return self.source or self.words

    @property
    def made_money(self) -> bool:
        """Whether it was booked when the line was matched; other matches only show money booked before."""
        return self.source.partition(":")[0] in ("company_gift", "grant_part")


class BankUnmatch(AppendOnly):
    """A match that was wrong, taken back by a person with words. What it booked is reversed, never deleted."""

    match = models.ForeignKey(BankMatch, on_delete=models.PROTECT, related_name="undone")
    words = models.CharField(max_length=200)
    made_money = models.BooleanField()  # of the match, as is matched_by: so that the database can hold them
    matched_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    undone_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "match"], name="bank_unmatch_once"),
            CheckConstraint(
                condition=Q(made_money=False) | ~Q(undone_by=F("matched_by")),
                name="bank_unmatch_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"bank_unmatch:{self.pk}"
