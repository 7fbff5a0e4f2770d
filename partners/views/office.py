"""The secretariat's list of schools."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.clock import fiscal_year, today
from kernel.errors import Refused
from partners.apply import apply
from partners.approve import approve
from partners.forms import ApplyForm, ApproveForm, SuspendForm
from partners.models import Provider
from partners.suspend import suspend
from programs.entering import entrance
from programs.models import Role

SCHOOLS_A_PAGE = 50


@entrance(Role.OFFICE)
@require_GET
def schools(request: HttpRequest) -> HttpResponse:
    """All schools, those that wait first."""
    return draw(request)


def draw(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The list, with the form for a paper application."""
    state = request.GET.get("state", "")
    found = Provider.objects.prefetch_related("classrooms").order_by(
        "state", "name", "id"
    )  # applied, approved, suspended
    if state in Provider.State.values:
        found = found.filter(state=state)
    choices = Provider.State.choices
    end_of_year = today().replace(year=fiscal_year(today()) + 1, month=3, day=31)
    page = {
        "schools": Paginator(found, SCHOOLS_A_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "tabs": [
            ("?", _("All"), not state),
            *((f"?state={value}", words, value == state) for value, words in choices),
        ],
        "until": end_of_year.isoformat(),
        "today": today(),
        "apply_form": ApplyForm(),
        **more,
    }
    return render(request, "partners/office_schools.html", page, status=status)


@entrance(Role.OFFICE)
@require_POST
def enter_application(request: HttpRequest) -> HttpResponse:
    """A school that applied on paper or by telephone."""
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return draw(request, 422, apply_form=form)
    apply(**form.cleaned_data, actor=request.actor)  # type: ignore[attr-defined]
    return redirect("office-schools", program=request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_POST
def approve_school(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Let it in until a day."""
    provider: Provider = get_object_or_404(Provider.objects.all(), pk=provider_id)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            approve(provider=provider, until=form.cleaned_data["until"], actor=request.actor)  # type: ignore[attr-defined]
            return redirect("office-schools", program=request.program.slug)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error("until", str(refusal))
    return draw(request, 422, decided=provider, decided_form=form)


@entrance(Role.OFFICE)
@require_POST
def suspend_school(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Stop it, with a reason."""
    provider: Provider = get_object_or_404(Provider.objects.all(), pk=provider_id)
    form = SuspendForm(request.POST)
    if form.is_valid():
        try:
            suspend(provider=provider, reason=form.cleaned_data["reason"], actor=request.actor)  # type: ignore[attr-defined]
            return redirect("office-schools", program=request.program.slug)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error("reason", str(refusal))
    return draw(request, 422, decided=provider, decided_form=form)
