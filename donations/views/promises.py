"""What a donor does with a promised gift: take it back, or pay it after its card was declined."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from donations.models import Donation
from donations.pay_late import ask_late_page
from donations.take_promise_back import take_promise_back
from kernel.errors import Refused
from programs.entering import by_capability
from programs.middleware import own_transactions
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
