"""The page of a long job: how far it is, and what was refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import select_template
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kernel.errors import Refused
from outbox.models import Job
from programs.entering import entrance
from programs.models import Role


@entrance(Role.OFFICE)
@require_GET
@never_cache
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """A bar that htmx renews every second; a reload does the same."""
    job: Job = get_object_or_404(Job.objects, pk=job_id)
    words = select_template([f"outbox/jobs/{job.kind}.html", "outbox/jobs/other.html"])
    context = {
        "job": job,
        "is_running": job.state == Job.State.RUNNING,
        "rest": job.total - job.done,
        "succeeded": job.done - job.refused,
        "refusals": [_refusal(row) for row in job.outcome],
        "words_template": words,
    }
    template = "outbox/_job.html" if request.htmx else "outbox/job.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _refusal(row: dict[str, Any]) -> tuple[str, str]:
    """The number of the thing and why, in the reader's language where the words carry no amount or day."""
    number = row["about"].partition(":")[2]
    known = next((kind for kind in _kinds(Refused) if kind.code == row["code"]), None)
    is_plain = known is not None and "%(" not in str(known.words)
    return number, str(known.words) if known and is_plain else row["words"]


def _kinds(kind: type[Refused]) -> list[type[Refused]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in _kinds(below))]
