"""The secretariat's pages about the loss reserve: what it holds, ask for money, a second person moves it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from donations.drop_fill import drop_fill
from donations.fill_reserve import fill_reserve
from donations.forms.money import ReserveForm, WordsForm
from donations.models import ReserveFill
from donations.money_queries import covered_by_reserve
from donations.propose_fill import propose_fill, running_costs
from donations.views.money import LINES, attempt, fresh
from kernel.errors import Refused
from ledger.balances import balance_yen
from ledger.reserve import reserve_yen
from programs.entering import entrance
from programs.models import Role

WITH_PEOPLE = ("asked_by__user", "decided_by__user")


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What the reserve and running costs hold, and the form to ask for money."""
    form, actor = ReserveForm(request.POST or None, initial=fresh()), request.actor  # type: ignore[attr-defined]
    asked, status = attempt(form, lambda said: propose_fill(actor=actor, **said))
    if asked:
        messages.success(request, _("It is noted. Another person of the secretariat moves the money."))
        return redirect("money-reserve", request.program.slug)  # type: ignore[attr-defined]
    found = ReserveFill.objects.select_related(*WITH_PEOPLE)
    decided = found.exclude(state=ReserveFill.State.WAITING).order_by("-decided_at", "-id")
    left_yen, wanted_yen = covered_by_reserve()
    context = {
        "form": form,
        "left_yen": left_yen,
        "short_yen": max(-left_yen, 0),
        "wanted_yen": wanted_yen,
        "operating_yen": balance_yen(running_costs()),
        "waiting": found.filter(state=ReserveFill.State.WAITING).order_by("id"),
        "page": Paginator(decided, LINES).get_page(request.GET.get("page")),
        "here": "reserve",
    }
    return render(request, "donations/money/reserve.html", context, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, fill_id: int) -> HttpResponse:
    """One filling: what it would do; a second person moves the money."""
    asked = _found(fill_id)
    if request.method == "GET":
        return _draw(request, asked, WordsForm())
    try:
        fill_reserve(fill=asked, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _draw(request, asked, WordsForm(), refusal.status)
    messages.success(request, _("The money is in the loss reserve."))
    return redirect("money-reserve", request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_POST
def drop(request: HttpRequest, fill_id: int) -> HttpResponse:
    """Say that it is not done."""
    asked, form, actor = _found(fill_id), WordsForm(request.POST), request.actor  # type: ignore[attr-defined]
    done, status = attempt(form, lambda said: drop_fill(fill=asked, words=said["words"], actor=actor))
    if not done:
        return _draw(request, asked, form, status)
    messages.success(request, _("It is not done. No money was moved."))
    return redirect("money-reserve", request.program.slug)  # type: ignore[attr-defined]


def _found(fill_id: int) -> ReserveFill:
    found: ReserveFill = get_object_or_404(
        ReserveFill.objects.select_related("operating", "reserve", *WITH_PEOPLE), pk=fill_id
    )
    return found


def _draw(request: HttpRequest, asked: ReserveFill, form: WordsForm, status: int = 200) -> HttpResponse:
    left_yen, operating_yen = reserve_yen(), balance_yen(asked.operating)
    context: dict[str, Any] = {
        "fill": asked,
        "left_yen": left_yen,
        "left_after_yen": left_yen + asked.amount_yen,
        "operating_yen": operating_yen,
        "operating_after_yen": operating_yen - asked.amount_yen,
        "is_mine": asked.asked_by_id == request.actor.pk,  # type: ignore[attr-defined]
        "form": form,
        "here": "reserve",
    }
    return render(request, "donations/money/reserve_fill.html", context, status=status)
