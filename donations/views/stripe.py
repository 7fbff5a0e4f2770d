"""Stripe's door."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations.errors import WebhookRefused
from donations.models import Organisation
from donations.webhooks import take_in
from programs.entering import by_capability


@csrf_exempt
@by_capability
@require_POST
def stripe_webhook(request: HttpRequest, endpoint: UUID) -> HttpResponse:
    """Stripe's door: the signature over the raw body is the key."""
    organisation = get_object_or_404(Organisation, endpoint=endpoint)
    try:
        take_in(
            organisation=organisation,
            body=request.body,
            signature=request.headers.get("Stripe-Signature", ""),
        )
    except WebhookRefused as refusal:
        return HttpResponse(refusal.code, status=refusal.status, content_type="text/plain")
    return HttpResponse(status=200)
