"""What a donor typed, given back to the same browser when a payment was stopped, declined or ran out.

The address of a gift may be passed on, so it never shows an e-mail address. A signed cookie names the gift that this
browser began; only with it does the form come back filled in, for as long as a payment page is open.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from donations.forms.giving import MONTHLY
from donations.models import Campaign, Donation, Pledge
from donations.stripe_gateway.pages import PAGE_OPEN_FOR

COOKIE, SALT = "begun", "donations.again"
DONE = (Donation.State.PAID, *Donation.PROMISED, Pledge.State.ACTIVE, Pledge.State.ENDED)


def remember(response: HttpResponse, *, slug: str, gift: Donation | Pledge) -> HttpResponse:
    """Let this browser, on this campaign's page alone, know which gift it began last."""
    response.set_signed_cookie(
        COOKIE,
        str(gift.reference),
        salt=SALT,
        max_age=int(PAGE_OPEN_FOR.total_seconds()),
        path=reverse("campaign", args=[slug, gift.campaign_id]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def typed_before(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """First values of the form for the browser that began a gift here and has neither paid nor promised it."""
    reference = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=PAGE_OPEN_FOR)
    if not reference or "amount" not in request.GET:
        return {}
    try:
        gift = _begun(reference, campaign)
    except ValidationError:
        return {}
    if gift is None or gift.state in DONE:
        return {}
    said = {"rhythm": MONTHLY} if isinstance(gift, Pledge) else {"method": gift.method}
    return {
        **said,
        "email": gift.email,
        "public_name": gift.public_name,
        "is_anonymous": gift.is_anonymous and bool(gift.public_name),
        "agreed": gift.agreement_version == campaign.organisation.agreement_version,
    }


def _begun(reference: str, campaign: Campaign) -> Donation | Pledge | None:
    wanted = {"reference": reference, "campaign": campaign}
    once: Donation | None = Donation.objects.filter(**wanted).first()
    return once or Pledge.objects.filter(**wanted).first()
