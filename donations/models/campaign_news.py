"""What goes with a campaign: its pictures, its updates, who wants no mail, and its final report."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from donations.models.campaign import Campaign
from donations.models.gift import Donation
from kernel.clock import now
from programs.models import Membership
from programs.scoping import AppendOnly, ProgramScoped

MOST_PICTURE_BYTES = 2_000_000  # after we made it small; what is uploaded may be larger


class CampaignPicture(ProgramScoped):
    """A picture of one campaign, made anew by us: no camera data, at most 1200 px wide, WebP.

    A row may be removed: a picture that shows a child by mistake must be able to go.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pictures")
    number = models.PositiveSmallIntegerField()  # stands in the story: ![](picture:1)
    sha256 = models.CharField(max_length=64)  # of content; stands in the address, so that it never changes
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=200)
    alt_en = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "campaign", "number"], name="campaign_picture_number_once"),
            UniqueConstraint(fields=["program", "campaign", "sha256"], name="campaign_picture_once"),
            CheckConstraint(condition=~Q(alt=""), name="campaign_picture_has_alt"),
            CheckConstraint(
                condition=Q(width__gt=0, width__lte=1200, height__gt=0), name="campaign_picture_size"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="campaign_picture_by_sha256")]

    def __str__(self) -> str:
        return f"campaign_picture:{self.pk}"

    @property
    def name(self) -> str:
        """What is spoken in its place, under the name that the `named` filter asks for."""
        return self.alt

    @property
    def name_en(self) -> str:
        """The same in English, or empty."""
        return self.alt_en


class CampaignUpdate(ProgramScoped):
    """News of a campaign for its donors. A draft until it is published; then it stands."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="updates")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    body = models.TextField()  # rich text as the story
    body_en = models.TextField(blank=True)
    drafted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=now)
    published_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)  # the outbox job that mails it; None: nobody to mail

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="campaign_update_published_by",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """Its name in the trail and the outbox."""
        return f"campaign_update:{self.pk}"

    @property
    def name(self) -> str:
        """The title, under the name that the `named` filter asks for."""
        return self.title

    @property
    def name_en(self) -> str:
        """The English title, or empty."""
        return self.title_en


class UpdateMail(ProgramScoped):
    """One donor who is told of one update: written when it is published, marked when the mail is left."""

    update = models.ForeignKey(CampaignUpdate, on_delete=models.PROTECT, related_name="mails")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="+")  # the donor's last
    email = models.EmailField()  # so that the database too says: each address once
    mailed_at = models.DateTimeField(null=True)
    is_stopped = models.BooleanField(default=False)  # wanted no mail by the time it was written

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "update", "email"], name="update_mail_once"),
        ]

    def __str__(self) -> str:
        return f"update_mail:{self.pk}"


class NoUpdates(ProgramScoped):
    """An address that wants no updates of this program's campaigns. Thanks and receipts still go there."""

    email = models.EmailField()  # lower case
    stopped_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["program", "email"], name="no_updates_once")]

    def __str__(self) -> str:
        return f"no_updates:{self.pk}"


class CampaignReport(AppendOnly):
    """The figures of a settled campaign, as they were on that day. Written once."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    raised_yen = models.PositiveBigIntegerField()
    donors = models.PositiveIntegerField()
    fees_yen = models.PositiveBigIntegerField()  # what the payment company kept
    operating_per_mille = models.PositiveSmallIntegerField()  # promised
    operating_yen = models.PositiveBigIntegerField()  # what truly went to running costs
    coupons_yen = models.PositiveBigIntegerField()  # what went to the fund for coupons
    issued_yen = models.PositiveBigIntegerField()  # of it, already on children's coupons that day
    gone_yen = models.PositiveBigIntegerField(default=0)  # of raised_yen, went back to donors by that day
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "campaign"], name="campaign_report_once"),
            CheckConstraint(
                condition=Q(raised_yen=F("operating_yen") + F("coupons_yen")), name="campaign_report_adds_up"
            ),
            CheckConstraint(condition=Q(gone_yen__lte=F("raised_yen")), name="campaign_report_gone_within"),
        ]

    def __str__(self) -> str:
        return f"campaign_report:{self.pk}"
