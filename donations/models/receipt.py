"""Receipts for the tax office: who asked, the numbers, what they cover, and the papers as they went out."""

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.gift import Donation
from donations.models.organisation import Organisation
from kernel.clock import now
from kernel.sealing import seal_bytes, seal_secret, unseal_bytes, unseal_secret
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


@dataclass(frozen=True)
class Addressee:
    """Who stands on a receipt: the legal name, never the one that is shown in public."""

    name: str
    postal_code: str
    address: str

    def __repr__(self) -> str:
        return "Addressee(...)"  # never in a log

    @property
    def is_whole(self) -> bool:
        """A receipt without name and address is worth nothing to the tax office."""
        return bool(self.name.strip() and self.address.strip())


class ReceiptAsk(ProgramScoped):
    """A donor wants a receipt: for one gift, or one for all gifts of a tax year."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)  # January to December
    email = models.EmailField()  # lower case
    seal = models.UUIDField(default=uuid4, editable=False)  # binds the sealed text before there is an id
    sealed_addressee = models.BinaryField()
    asked_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(donation__isnull=True) ^ Q(year__isnull=True), name="receipt_ask_gift_or_year"
            ),
            UniqueConstraint(fields=["program", "donation"], name="receipt_ask_once_a_gift"),
            UniqueConstraint(
                fields=["program", "organisation", "email", "year"], name="receipt_ask_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"receipt_ask:{self.pk}"

    def seal_addressee(self, addressee: Addressee) -> None:
        """Set who it is for, sealed. Not saved here."""
        self.sealed_addressee = seal_secret(json.dumps(asdict(addressee)), context=self._context)

    @property
    def addressee(self) -> Addressee:
        """Opened."""
        return Addressee(**json.loads(unseal_secret(self.sealed_addressee, context=self._context)))

    @property
    def _context(self) -> str:
        return f"donations_receiptask|{self.seal}|addressee"


class ReceiptCounter(ProgramScoped):
    """The last number given in a year of an organisation. Whoever holds its lock gives the next one."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "organisation", "year"], name="receipt_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class Receipt(ProgramScoped):
    """One number. issued -> cancelled; what it says never changes."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Valid")
        CANCELLED = "cancelled", _("Cancelled")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    ask = models.ForeignKey(ReceiptAsk, on_delete=models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    check_word = models.CharField(max_length=12)  # random; with the number it opens the public check
    email = models.EmailField()  # the donor's page finds it by this
    amount_yen = models.PositiveBigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()  # inclusive; the same day for one gift
    is_deductible = models.BooleanField()
    state = models.CharField(max_length=10, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField(default=now)
    issued_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    seal = models.UUIDField(default=uuid4, editable=False)
    sealed_words = models.BinaryField()  # all that the paper says, so that a copy says the same
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["program", "organisation", "year", "number"], name="receipt_number_once"
            ),
            UniqueConstraint(fields=["program", "check_word"], name="receipt_check_word_once"),
            CheckConstraint(condition=Q(state__in=["issued", "cancelled"]), name="receipt_state_known"),
            CheckConstraint(condition=Q(number__gt=0, amount_yen__gt=0), name="receipt_figures_above_zero"),
            CheckConstraint(
                condition=Q(state="issued", cancelled_at__isnull=True)
                | Q(state="cancelled", cancelled_at__isnull=False),
                name="receipt_cancelled_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt:{self.pk}"

    @property
    def full_number(self) -> str:
        """2026-000123, as it stands on the paper."""
        return f"{self.year}-{self.number:06d}"

    @property
    def is_valid(self) -> bool:
        """Not cancelled."""
        return self.state == self.State.ISSUED

    def seal_words(self, words: dict[str, Any]) -> None:
        """Set what the paper says, sealed. Not saved here."""
        self.sealed_words = seal_secret(json.dumps(words), context=self._context)

    @property
    def words(self) -> dict[str, Any]:
        """Opened: holds the donor's name and address."""
        opened: dict[str, Any] = json.loads(unseal_secret(self.sealed_words, context=self._context))
        return opened

    @property
    def _context(self) -> str:
        return f"donations_receipt|{self.seal}|words"


class ReceiptLine(ProgramScoped):
    """A gift on a receipt. A gift is on one valid receipt only."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="receipt_lines")
    amount_yen = models.PositiveIntegerField()
    day = models.DateField()  # by the organisation's date policy, when it was issued
    is_valid = models.BooleanField(default=True)  # follows the receipt's state

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["program", "donation"], condition=Q(is_valid=True), name="receipt_gift_on_one"
            ),
            CheckConstraint(condition=Q(amount_yen__gt=0), name="receipt_line_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.amount_yen}"


class ReceiptPaper(AppendOnly):
    """A PDF as it went out: copy 1, and each copy that was made again. Kept, never set anew."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="papers")
    copy = models.PositiveSmallIntegerField()
    seal = models.UUIDField(default=uuid4, editable=False)
    sealed_pdf = models.BinaryField()  # it carries a name and an address
    sha256 = models.CharField(max_length=64)  # of the PDF itself
    made_at = models.DateTimeField(default=now)
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "receipt", "copy"], name="receipt_paper_once"),
            CheckConstraint(condition=Q(copy__gt=0), name="receipt_paper_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} ({self.copy})"

    def seal_pdf(self, pdf: bytes) -> None:
        """Set the bytes, sealed. Not saved here."""
        self.sealed_pdf = seal_bytes(pdf, context=self._context)

    @property
    def pdf(self) -> bytes:
        """Opened: the bytes that went out."""
        return unseal_bytes(self.sealed_pdf, context=self._context)

    @property
    def _context(self) -> str:
        return f"donations_receiptpaper|{self.seal}|pdf"
