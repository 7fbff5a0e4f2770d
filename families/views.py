"""The secretariat's pages about families. (The verbs let the city decide too; it has no door of its own yet.)"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from families.apply import apply
from families.approve import approve
from families.decline import decline
from families.forms import ChildForm, FamilyForm
from families.models import Application, Household
from families.queries import applications_of, counts_by_state, year_now
from families.read_child import read_child
from families.rules import may_decide
from kernel.errors import Refused
from kernel.japanese import typed_number
from programs.entering import entrance
from programs.models import Role

LINES = 50  # grades are unsealed one by one


@entrance(Role.OFFICE)
@require_GET
def families_page(request: HttpRequest) -> HttpResponse:
    """The year's applications: filter and search stand in the address."""
    year = year_now()
    state, number = request.GET.get("state", ""), typed_number(request.GET.get("number", ""))
    found = applications_of(year) if year else Application.objects.none()
    if number:
        found = found.filter(pk=number_of(number))
    elif state in Application.State.values:
        found = found.filter(state=state)
    counts = counts_by_state(year) if year else {}
    context = {
        "year": year,
        "state": state,
        "number": request.GET.get("number", ""),
        "page": Paginator(found, LINES).get_page(request.GET.get("page")),
        "tabs": state_tabs(counts, state),
        "total": sum(counts.values()),
    }
    return render(request, "families/office.html", context)


def state_tabs(counts: dict[str, int], chosen: str) -> list[tuple[str, str, bool]]:
    """The filter as links with their counts."""
    states = [(state.value, str(state.label), counts.get(state.value, 0)) for state in Application.State]
    tabs = [("", pgettext("families", "All"), sum(counts.values())), *states]
    return [(f"?state={value}", f"{words} {count}", value == chosen) for value, words, count in tabs]


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def new_family_page(request: HttpRequest) -> HttpResponse:
    """A paper application is typed in; `?household=` adds a child to a family that is here."""
    year, household = year_now(), _asked_household(request)
    form = (ChildForm if household else FamilyForm)(request.POST or None)
    status = 422 if form.errors else 200
    if year and form.is_valid():
        try:
            made = apply(household=household, year=year, actor=request.actor, **form.facts())  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The application was registered."))
            return redirect("office-family", request.program.slug, made.pk)  # type: ignore[attr-defined]
    context = {"form": form, "year": year, "household": household}
    return render(request, "families/new.html", context, status=status)


def _asked_household(request: HttpRequest) -> Household | None:
    asked = request.GET.get("household", "")
    if not asked:
        return None
    return get_object_or_404(Household.objects, pk=number_of(asked))


def number_of(typed: str) -> int:
    """The id that was typed, or 0, which nothing has; Python reads no more than 4,300 digits."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else 0


@entrance(Role.OFFICE)
@require_GET
def family_page(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application, without names."""
    return render(request, "families/application.html", _application_context(request, application_id))


@entrance(Role.OFFICE)
@require_POST
@never_cache
def family_name_page(request: HttpRequest, application_id: int) -> HttpResponse:
    """The same page with the names shown: a POST, because each look leaves a record."""
    context = _application_context(request, application_id)
    status = 200
    try:
        context["read"] = read_child(child=context["application"].child, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        context["refusal"], status = str(refusal), refusal.status
    return render(request, "families/application.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def approve_family(request: HttpRequest, application_id: int) -> HttpResponse:
    """One button: approve."""
    return _decided(request, application_id, approve, _("Approved. The family gets a notice."))


@entrance(Role.OFFICE)
@require_POST
def decline_family(request: HttpRequest, application_id: int) -> HttpResponse:
    """One button: decline."""
    return _decided(request, application_id, decline, _("Declined. The family gets a notice."))


def _decided(request: HttpRequest, application_id: int, verb: Any, words: str) -> HttpResponse:
    application: Application = get_object_or_404(Application.objects, pk=application_id)
    try:
        verb(application=application, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        context = {**_application_context(request, application_id), "refusal": str(refusal)}
        return render(request, "families/application.html", context, status=refusal.status)
    messages.success(request, words)
    return redirect("office-family", request.program.slug, application.pk)  # type: ignore[attr-defined]


def _application_context(request: HttpRequest, application_id: int) -> dict[str, Any]:
    found = Application.objects.select_related("child__key", "child__household", "year", "decided_by__user")
    application = get_object_or_404(found, pk=application_id)
    siblings = Application.objects.filter(child__household=application.child.household_id).exclude(
        pk=application.pk
    )
    return {
        "application": application,
        "siblings": siblings.select_related("child__key", "year").order_by("id"),
        "may_decide": may_decide(request.actor) and application.state == Application.State.APPLIED,  # type: ignore[attr-defined]
        "read": None,
        "refusal": "",
    }
