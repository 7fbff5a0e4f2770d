"""The mail provider's door: what became of our mails. One for the installation, as the provider's account is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from outbox.mail_gateway import provider_view
from programs.entering import by_capability


@csrf_exempt
@by_capability
def mail_events(request: HttpRequest) -> HttpResponse:
    """The secret in the call, and the provider's signature where it signs, is the key. Closed without a provider."""
    view = provider_view()
    if view is None:
        return HttpResponse("no_provider", status=403, content_type="text/plain")
    return view(request)
