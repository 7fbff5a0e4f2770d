"""The demonstration's list of people as JSON, for bin/shots."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from config.demo_people import people_of
from programs.entering import open_to_all
from programs.models import Program


@open_to_all
@require_GET
def demo_people(request: HttpRequest) -> JsonResponse:
    """{"people": [{"key", "kind", "name", "path"}]}; the links are made anew."""
    listed = [asdict(person) for program in Program.objects.order_by("id") for person in people_of(program)]
    return JsonResponse({"people": listed})
