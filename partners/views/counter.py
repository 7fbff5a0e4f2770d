"""The counter: code and amount, a look, one button, and the server's word."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coupons.errors import BalanceTooLow
from coupons.models import Category, Redemption
from coupons.redeem import Spend
from kernel.clock import today
from kernel.errors import Refused
from kernel.templatetags.look import yen
from partners.check_at_counter import check_at_counter
from partners.forms import CounterForm, TakeForm
from partners.models import Course, Device
from partners.queries import Counter, counter_at, counters_of, uses_of_day
from partners.redeem_at_counter import redeem_at_counter
from partners.reverse_at_counter import reverse_at_counter
from partners.rules import is_approved, may_work_at
from partners.views.devices import token_of
from programs.entering import entrance
from programs.models import Role

MOST_KEYS = 20  # of a till's journal, asked at once


def here(request: HttpRequest, classroom_id: int) -> Counter:
    """The counter where this person works, or 404."""
    counter = counter_at(classroom_id, token=token_of(request), actor=request.actor)  # type: ignore[attr-defined]
    if counter is None:
        raise Http404("no such counter here")
    return counter


@entrance(Role.COUNTER, second_factor=False)
@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The person's counters; straight there when it is one."""
    classrooms = counters_of(request.actor)  # type: ignore[attr-defined]
    if len(classrooms) == 1:
        return redirect("counter-take", program=slug_of(request), classroom_id=classrooms[0].pk)
    return render(request, "partners/counters.html", {"classrooms": classrooms})


def slug_of(request: HttpRequest) -> str:
    """The program's part of the address."""
    return str(request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.COUNTER, second_factor=False)
@never_cache
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Code and amount; posted, a look at the coupon. Nothing is taken here."""
    counter = here(request, classroom_id)
    if not may_work_at(request.actor, counter):  # type: ignore[attr-defined]
        return render(request, "partners/not_enrolled.html", {"counter": counter}, status=403)
    form = CounterForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            checked = check_at_counter(
                counter=counter,
                code=typed["code"],
                amount_yen=typed["amount_yen"],
                actor=request.actor,  # type: ignore[attr-defined]
            )
        except Refused as refusal:
            form.add_error("code", str(refusal))
            return draw(request, counter, form, refusal.status)
        if checked.is_enough:
            return confirm(request, counter, typed, checked.nickname)
        form.add_error("amount_yen", at_most(checked.most_yen))
        return draw(request, counter, form, BalanceTooLow.status)
    return draw(request, counter, form, 422 if form.is_bound else 200)


def draw(request: HttpRequest, counter: Counter, form: CounterForm, status: int) -> HttpResponse:
    """The counter's first screen, with today's list."""
    uses = uses_of_day(counter.classroom, today())
    own = counter.device.pk if counter.device else None
    seen_today(counter.device)
    page = {
        "counter": counter,
        "form": form,
        "is_approved": is_approved(counter.classroom.provider, today()),
        "presets": presets(counter),
        "uses": uses,
        "total_yen": sum(use.amount_yen for use in uses if not use.is_undone),
        "undoable": next((use for use in uses if not use.is_undone and use.device_id == own), None),
    }
    template = "partners/_counter.html" if request.htmx else "partners/counter.html"  # type: ignore[attr-defined]
    return render(request, template, page, status=status)


def presets(counter: Counter) -> list[tuple[int, str]]:
    """The school's own fees, for the keypad."""
    courses = Course.objects.filter(provider=counter.classroom.provider, is_offered=True).order_by("id")[:6]
    return [(course.fee_yen, course.name) for course in courses]


def confirm(request: HttpRequest, counter: Counter, typed: dict[str, Any], nickname: str) -> HttpResponse:
    """The second screen: whose, how much, one button. The key is made here, once."""
    page = {
        "counter": counter,
        "nickname": nickname,
        "amount_yen": typed["amount_yen"],
        "category": Category(typed["category"]).label,
        "form": TakeForm(initial={**typed, "request_key": uuid4()}),
    }
    template = "partners/_confirm.html" if request.htmx else "partners/confirm.html"  # type: ignore[attr-defined]
    return render(request, template, page)


@entrance(Role.COUNTER, second_factor=False)
@never_cache
@require_POST
def redeem(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Take it. A reload or a second tap sends the same key: harmless."""
    counter = here(request, classroom_id)
    form = TakeForm(request.POST)
    page: dict[str, Any] = {"counter": counter, "redeemed": None, "words": _("This form was not complete.")}
    status = 422
    if form.is_valid():
        code, spend = spend_of(form.cleaned_data)
        try:
            page["redeemed"] = redeem_at_counter(counter=counter, code=code, spend=spend, actor=request.actor)  # type: ignore[attr-defined]
            status = 200
        except Refused as refusal:
            page["words"], status = words_of(refusal), refusal.status
    template = "partners/_result.html" if request.htmx else "partners/result.html"  # type: ignore[attr-defined]
    return render(request, template, page, status=status)


def spend_of(typed: dict[str, Any]) -> tuple[str, Spend]:
    """The code, and what is to be spent."""
    spend = Spend(
        amount_yen=typed["amount_yen"], category=typed["category"], request_key=typed["request_key"]
    )
    return typed["code"], spend


def words_of(refusal: Refused) -> str:
    """At the counter a low balance says what may be taken at most, and no more about the coupon."""
    if isinstance(refusal, BalanceTooLow):
        return at_most(refusal.facts["usable_yen"])
    return str(refusal)


def at_most(most_yen: int) -> str:
    """Too little is left."""
    return _("This coupon can pay up to %(most)s. Nothing was taken.") % {"most": yen(most_yen)}


@entrance(Role.COUNTER, second_factor=False)
@never_cache
@require_POST
def undo(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Take back the last use of today on this device."""
    counter = here(request, classroom_id)
    try:
        reverse_at_counter(
            counter=counter,
            redemption_id=as_number(request.POST.get("redemption", "")),
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Refused as refusal:
        page = {"counter": counter, "redeemed": None, "words": str(refusal)}
        return render(request, "partners/result.html", page, status=refusal.status)
    return redirect(reverse("counter-take", args=[slug_of(request), classroom_id]) + "#today")


@entrance(Role.COUNTER, second_factor=False)
@never_cache
@require_POST
def journal(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """What became of the till's unanswered keys: the ones that stand in the books, as JSON."""
    counter = here(request, classroom_id)
    if not may_work_at(request.actor, counter):  # type: ignore[attr-defined]
        raise Http404("no device here")
    keys = [key for key in map(as_key, request.POST.getlist("key")[:MOST_KEYS]) if key]
    taken = Redemption.objects.filter(request_key__in=keys, place_id=counter.classroom.pk)
    return JsonResponse({"taken": [str(key) for key in taken.values_list("request_key", flat=True)]})


def as_number(typed: str) -> int:
    """The number of a use as the page's form sends it, or 0, which is no use's."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else 0


def as_key(typed: str) -> UUID | None:
    """A request key as a till wrote it down, or None."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def seen_today(device: Device | None) -> None:
    """Once a day, for the owner's list of devices."""
    if device is not None and device.last_seen_on != today():
        Device.objects.filter(pk=device.pk).update(last_seen_on=today())
