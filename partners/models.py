"""Education providers, their classrooms, people, devices and bank accounts."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ledger.models import Account
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped


class Provider(ProgramScoped):
    """A school, tutor, correspondence course or learning NPO. Its payable account opens with approval."""

    class Kind(models.TextChoices):
        JUKU = "juku", _("Tutoring school")
        TUTOR = "tutor", _("Home tutor")
        CORRESPONDENCE = "correspondence", _("Correspondence or online course")
        NPO = "npo", _("Learning support group")

    class State(models.TextChoices):
        APPLIED = "applied", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        SUSPENDED = "suspended", _("Suspended")

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind)
    payable = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED)
    approved_until = models.DateField(null=True)  # inclusive

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "payable"], name="provider_one_per_account"),
            CheckConstraint(
                condition=~Q(state="approved") | Q(approved_until__isnull=False, payable__isnull=False),
                name="provider_approved_until",
            ),
            CheckConstraint(
                condition=Q(state__in=["applied", "approved", "suspended"]), name="provider_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankAccount(ProgramScoped):
    """Where a provider is paid. Rows are versions: a change is a new row."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="bank_accounts")
    bank_code = models.CharField(max_length=4)
    branch_code = models.CharField(max_length=3)
    account_type = models.CharField(max_length=1, choices=[("1", _("Ordinary")), ("2", _("Current"))])
    number = models.CharField(max_length=7)
    holder_kana = models.CharField(max_length=30)
    valid_from = models.DateField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(bank_code__regex=r"^\d{4}$"), name="bank_code_four_digits"),
            CheckConstraint(condition=Q(branch_code__regex=r"^\d{3}$"), name="branch_code_three_digits"),
            CheckConstraint(condition=Q(number__regex=r"^\d{7}$"), name="bank_number_seven_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_code}-{self.branch_code}"


class Classroom(ProgramScoped):
    """A site of a provider, with its counter."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="classrooms")
    name = models.CharField(max_length=80)
    area = models.CharField(max_length=40)  # ward or town, as people say it
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ProviderOwner(ProgramScoped):
    """Who owns or runs a provider: sees its earnings, enrols devices, invites staff."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="owners")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "provider", "membership"], name="provider_owner_once")
        ]

    def __str__(self) -> str:
        return f"owner {self.membership_id} of {self.provider_id}"


class ClassroomStaff(ProgramScoped):
    """Who takes coupons at a classroom's counter."""

    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="staff")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "classroom", "membership"], name="classroom_staff_once")
        ]

    def __str__(self) -> str:
        return f"staff {self.membership_id} of {self.classroom_id}"


class Device(ProgramScoped):
    """A till: enrolled once with a code, known by a secret that only it holds, revocable at once.

    A screen is a tablet at the counter, where staff sign in; a system is a school's own till that
    speaks to the API, in the name of the person who added it.
    """

    class Kind(models.TextChoices):
        SCREEN = "screen", _("Tablet at the counter")
        SYSTEM = "system", _("The school's own till system")

    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="devices")
    label = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SCREEN)
    acts_as = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")  # who added it
    enrol_code_hash = models.CharField(max_length=64, blank=True)  # SHA-256; empty once used
    enrol_until = models.DateTimeField()
    # SHA-256 of the device's secret; null until then, for it is unique.
    token_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001
    enrolled_at = models.DateTimeField(null=True)
    last_seen_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)  # unknown coupon codes since wrong_since
    wrong_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "token_hash"], name="device_token_once"),
            CheckConstraint(condition=Q(kind__in=["screen", "system"]), name="device_kind_known"),
        ]

    def __str__(self) -> str:
        return f"device {self.pk}"


class WrongEnrolCode(AppendOnly):
    """Someone typed an enrolment code that opens nothing. Counted per address range, see enrol_device.py."""

    typed_at = models.DateTimeField()
    came_from = models.CharField(max_length=50, blank=True)  # "203.0.113.0/24"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["typed_at"], name="wrong_enrol_code_by_time")]

    def __str__(self) -> str:
        return f"wrong code at {self.typed_at}"


class Course(ProgramScoped):
    """What a provider teaches and its fee: the presets of the counter's keypad."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="courses")
    name = models.CharField(max_length=60)
    fee_yen = models.PositiveIntegerField()  # per month
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [CheckConstraint(condition=Q(fee_yen__gt=0), name="course_fee_above_zero")]

    def __str__(self) -> str:
        return self.name
