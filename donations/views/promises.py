"""A promised gift: its donor takes it back, or pays it after a decline; the secretariat lets a doubtful one go."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from donations.let_promise_go import let_promise_go
from donations.models import Donation
from donations.pay_late import ask_late_page
from donations.take_promise_back import take_promise_back
from kernel.errors import Refused
from programs.entering import by_capability, entrance
from programs.middleware import own_transactions
from programs.models import Role
from programs.scoping import acting_in


@by_capability
@require_POST
def take_back_act(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take the gift back; its page says what was done, or why not."""
    donation = get_object_or_404(Donation, reference=reference)
    try:
        take_promise_back(donation=donation)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("gift", request.program.slug, reference)  # type: ignore[attr-defined]


@by_capability
@own_transactions
@require_POST
def pay_late_act(request: HttpRequest, reference: UUID) -> HttpResponse:
    """To Stripe's page, or back to the gift's own when there is nothing to pay any more."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        donation = get_object_or_404(Donation, reference=reference)
    try:
        return redirect(ask_late_page(program=program, donation_id=donation.pk))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("gift", program.slug, reference)


@entrance(Role.OFFICE)
@require_POST
def let_go_act(request: HttpRequest, gift_id: int) -> HttpResponse:
    """Let a promise go that decides much of the goal; back to the gift's page."""
    donation = get_object_or_404(Donation, pk=gift_id)
    try:
        let_promise_go(donation=donation, reason=request.POST.get("reason", ""), actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The gift was let go. Nothing is taken, and the donor gets a mail."))
    return redirect("office-gift", request.program.slug, gift_id)  # type: ignore[attr-defined]
