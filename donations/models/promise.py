"""Cards that wait for an all-or-nothing campaign's end."""

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from donations.models.gift import Donation
from kernel.clock import now
from programs.scoping import ProgramScoped


class SavedCard(ProgramScoped):
    """The card of one promised gift: names at Stripe, never a number of the card. Rows stay, cards do not."""

    class Why(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Taken back by the donor")
        MISSED = "missed", _("The goal was not reached")
        LATE = "late", _("Saved after the campaign had ended")
        OFFICE = "office", _("Let go by the secretariat")

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="cards")
    customer_id = models.CharField(max_length=100)  # Stripe's, of this one gift alone
    payment_method_id = models.CharField(max_length=100)
    saved_at = models.DateTimeField(default=now)
    tried_at = models.DateTimeField(null=True)  # we have begun to charge it; its end may not be known
    declined_at = models.DateTimeField(null=True)
    decline_code = models.CharField(max_length=60, blank=True)  # Stripe's word, for the secretariat
    reminded_at = models.DateTimeField(null=True)
    pages = models.PositiveSmallIntegerField(default=0)  # payment pages asked for after a decline
    page_asked_at = models.DateTimeField(null=True)
    page_session_id = models.CharField(max_length=100, blank=True)  # of the last one, once Stripe has made it
    let_go_why = models.CharField(max_length=10, choices=Why, blank=True)
    let_go_at = models.DateTimeField(null=True)
    detached_at = models.DateTimeField(null=True)  # Stripe has forgotten the card

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["program", "donation"], name="saved_card_once"),
            UniqueConstraint(fields=["program", "customer_id"], name="saved_card_customer_once"),
            CheckConstraint(
                condition=~Q(customer_id="") & ~Q(payment_method_id=""), name="saved_card_is_named"
            ),
            CheckConstraint(
                condition=Q(declined_at__isnull=True) | Q(tried_at__isnull=False),
                name="saved_card_declined_was_tried",
            ),
            CheckConstraint(
                condition=Q(let_go_at__isnull=True, let_go_why="")
                | Q(let_go_at__isnull=False, let_go_why__in=["taken_back", "missed", "late", "office"]),
                name="saved_card_let_go_says_why",
            ),
            CheckConstraint(
                condition=Q(let_go_at__isnull=True) | Q(tried_at__isnull=True),
                name="saved_card_let_go_was_never_tried",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="saved_card_kept", condition=Q(detached_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"saved_card:{self.pk}"
