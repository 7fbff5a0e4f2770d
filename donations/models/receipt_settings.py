"""What an organisation's receipts must say about it."""

from datetime import date

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _


class LegalForm(models.TextChoices):
    """Decides the receipt's text: each form has its own paragraph of the tax law, or none."""

    CERTIFIED_NPO = "certified_npo", _("Certified NPO")
    PUBLIC_INTEREST = "public_interest", _("Public interest association or foundation")
    NONE = "none", _("Another form, gifts are not deductible")


class DatePolicy(models.TextChoices):
    """Which day stands on a receipt. One for all of an organisation's receipts, lists and accounts."""

    RECEIVED = "received", _("The day on which the money was received")
    PROCEDURE = "procedure", _("The day on which the donor finished paying")


class ReceiptSettings(models.Model):
    """The part of an organisation that its receipts are made from."""

    legal_form = models.CharField(max_length=20, choices=LegalForm, default=LegalForm.NONE)
    legal_form_words = models.CharField(max_length=40, blank=True)  # as written: 認定特定非営利活動法人, ...
    address = models.CharField(max_length=200, blank=True)
    receipt_address = models.TextField(blank=True)  # as the tax office knows it, in lines
    representative = models.CharField(max_length=80, blank=True)  # 代表理事 山田 花子
    certification_number = models.CharField(max_length=40, blank=True)
    certified_on = models.DateField(null=True, blank=True)
    certified_from = models.DateField(null=True, blank=True)
    certified_until = models.DateField(null=True, blank=True)  # inclusive; None: without an end
    local_tax = models.CharField(max_length=120, blank=True)  # which local taxes it counts for, as written
    receipt_date_policy = models.CharField(max_length=10, choices=DatePolicy, default=DatePolicy.RECEIVED)

    class Meta:
        abstract = True

    @property
    def shown_legal_form(self) -> str:
        """The word for pages and papers."""
        return self.legal_form_words or (
            "" if self.legal_form == LegalForm.NONE else self.get_legal_form_display()
        )

    @property
    def is_certified(self) -> bool:
        """Whether its form makes gifts deductible at all."""
        return self.legal_form != LegalForm.NONE

    @property
    def can_receipt(self) -> bool:
        """Everything that a receipt must state is there."""
        needed: list[object] = [self.receipt_address.strip(), self.representative.strip()]
        if self.is_certified:
            needed += [self.certification_number.strip(), self.certified_on, self.certified_from]
        return all(needed)

    def is_deductible(self, on: date) -> bool:
        """Whether a gift of the day `on` lies within the certification; its last day counts."""
        if not self.is_certified or self.certified_from is None or on < self.certified_from:
            return False
        return self.certified_until is None or on <= self.certified_until


def receipt_settings_constraints() -> list[CheckConstraint]:
    """For the Meta of the model that takes this part in."""
    return [
        CheckConstraint(condition=Q(legal_form__in=LegalForm.values), name="organisation_legal_form_known"),
        CheckConstraint(
            condition=Q(receipt_date_policy__in=DatePolicy.values), name="organisation_date_policy_known"
        ),
        CheckConstraint(
            condition=Q(certified_until__isnull=True) | Q(certified_until__gte=F("certified_from")),
            name="organisation_certified_in_order",
        ),
    ]
