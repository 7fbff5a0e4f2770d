"""Out of the mails, and back: by the link of a mail, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from donations.models import Donation
from donations.stop_updates import gift_of_key, start_updates, stop_updates
from programs.entering import by_capability


@csrf_exempt  # mail programs post here by themselves when "unsubscribe" is pressed (RFC 8058)
@by_capability
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop_page(request: HttpRequest, key: str) -> HttpResponse:
    """One click is enough: opening the link stops the updates, and the page offers to take it back.

    A mail scanner that opens links would stop them too. That costs a donor news, never money; asking
    again would cost every donor a second click.
    """
    gift = _gift(key)
    if request.method != "HEAD":
        stop_updates(donation=gift)
    return _draw(request, key, is_stopped=True)


@by_capability
@require_POST
@never_cache
def start_page(request: HttpRequest, key: str) -> HttpResponse:
    """Take it back."""
    start_updates(donation=_gift(key))
    return _draw(request, key, is_stopped=False)


def _gift(key: str) -> Donation:
    gift = gift_of_key(key)
    if gift is None:
        raise Http404("not a link of this program")
    return gift


def _draw(request: HttpRequest, key: str, *, is_stopped: bool) -> HttpResponse:
    response = render(request, "donations/stop_updates.html", {"key": key, "is_stopped": is_stopped})
    response["Referrer-Policy"] = (
        "same-origin"  # the address is the key; with "no-referrer" forms are refused
    )
    return response
