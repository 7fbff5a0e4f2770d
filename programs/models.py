"""Programs (the tenants), their years, and the people who act in them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from programs.fields import ProgramField, TimeOrderedId
from programs.scoping import ProgramScoped


class Program(models.Model):
    """One alliance running coupons in one place: the tenant.

    A public directory: everyone may read its row, only its own people may change it.
    """

    id = TimeOrderedId(primary_key=True)
    slug = models.SlugField(max_length=40, unique=True)  # stands in every address of the program
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    municipality_code = models.CharField(max_length=6)  # 全国地方公共団体コード, check digit tested
    help_phone = models.CharField(max_length=20, blank=True)
    help_hours = models.CharField(max_length=80, blank=True)
    is_demonstration = models.BooleanField(default=False)  # people are made up; pages say so
    small_cell = models.PositiveSmallIntegerField(default=10)  # figures below this are hidden

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(small_cell__gte=5, small_cell__lte=30), name="program_small_cell_5_to_30"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProgramYear(ProgramScoped):
    """1 April to 31 March with that year's rules. Changing a rule never changes what was issued."""

    year = models.PositiveSmallIntegerField()  # fiscal year: 2026 is April 2026 to March 2027
    first_day = models.DateField()
    last_day = models.DateField()  # inclusive
    face_yen = models.PositiveIntegerField()  # a full year's coupon
    is_prorated = models.BooleanField(default=False)  # by calendar months left, the month of issue included
    eligible_children = models.PositiveIntegerField(null=True)  # the city's count; None while unknown
    coupons_from_promises = models.BooleanField(default=False)  # a signed grant counts before it is paid

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "year"], name="program_year_once"),
            CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="program_year_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class UserManager(BaseUserManager["User"]):
    """People are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Global: one person may act in several programs."""

    id = TimeOrderedId(primary_key=True)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, default="ja")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a person may be in a program. One person may hold several."""

    OFFICE = "office", _("Secretariat")
    CITY = "city", _("City staff")
    PROVIDER_ADMIN = "provider_admin", _("School owner")
    COUNTER = "counter", _("School counter")
    GUARDIAN = "guardian", _("Family")
    DONOR = "donor", _("Donor")


STAFF_ROLES = frozenset({Role.OFFICE, Role.CITY, Role.PROVIDER_ADMIN, Role.COUNTER})
# Let in by two: who holds such a role may be the second person of an act about money.
BY_TWO = frozenset({Role.OFFICE})


class Membership(ProgramScoped):
    """One role of one person in one program: the `actor` of every verb."""

    program = ProgramField(own_user="user_id")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "user", "role"], name="membership_role_once"),
            CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(ProgramScoped):
    """The secretariat's word that a person may join with a role; the link goes by mail, once.

    To the secretariat itself (BY_TWO) the link goes only when a second person has approved it.
    """

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    token_hash = models.CharField(max_length=64)  # SHA-256 of the token in the mailed link
    about = models.JSONField(default=dict)  # what the upper floor adds on acceptance, for example a classroom
    expires_at = models.DateTimeField()
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80, blank=True)  # who of the installation approved, if no member
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "token_hash"], name="invitation_token_once"),
            CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, operator="")
                | Q(approved_at__isnull=False, approved_by__isnull=False, operator="")
                | Q(approved_at__isnull=False, approved_by=None) & ~Q(operator=""),
                name="invitation_approved_by_one",
            ),
            CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("invited_by")),
                name="invitation_second_person",
            ),
            CheckConstraint(
                condition=~Q(role__in=sorted(BY_TWO)) | Q(accepted_at=None) | Q(approved_at__isnull=False),
                name="invitation_accepted_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def waits_for_second_person(self) -> bool:
        """Nobody but the one who invited has said yes yet."""
        return self.role in BY_TWO and self.approved_at is None
