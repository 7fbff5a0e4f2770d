"""Tells the stand-in Stripe where a program's webhooks go. With real keys Stripe's dashboard does that."""

import json
import urllib.request
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from donations.models import Organisation
from programs.models import Program
from programs.scoping import acting_in


def register_webhook(program: Program) -> None:
    """Idempotent; nothing happens without a stand-in."""
    if not settings.STRIPE_API_BASE:
        return
    with acting_in(program.pk):
        organisations = list(Organisation.objects.all())
    for organisation in organisations:
        key = organisation.stripe_key
        url = settings.PUBLIC_URL + reverse(
            "stripe-webhook", kwargs={"program": program.slug, "endpoint": organisation.endpoint}
        )
        _post("accounts", {"key": key, "name": organisation.name})
        _post("webhooks", {"key": key, "url": url, "secret": settings.STRIPE_WEBHOOK_SECRET})


def _post(door: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310  loopback, held by settings
        f"{settings.STRIPE_API_BASE}/_control/{door}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=10).close()


class _Stay(urllib.request.HTTPRedirectHandler):
    """The way home leads to the product, which does not run yet."""

    def redirect_request(self, *_said: object) -> None:
        return None


def pay_page(address: str, *, email: str, card: str) -> None:
    """Fill in a payment page of the stand-in and press its button. Raises HTTPError when the card is declined."""
    if not address.startswith(f"{settings.STRIPE_API_BASE}/"):
        return  # paid before: it leads to our own page
    form = {"email": email, "card": card, "expiry": "12 / 34", "cvc": "123"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    try:
        opener.open(address, data=urlencode(form).encode(), timeout=10).close()
    except HTTPError as answer:
        if answer.code != HTTPStatus.SEE_OTHER:
            raise
