"""The secretariat's pages about refunds: ask or propose, a second person approves, the limit."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations.approve_refund import approve_refund
from donations.forms.after import RefundForm, RefundLimitForm
from donations.models import Donation, Organisation, Refund
from donations.propose_matches import refunds_to_send
from donations.propose_refund import propose_refund
from donations.refund import hold_gift, needs_second_person, refund, refundable_yen, why_not_refundable
from donations.set_refund_limit import limit_yen_of, set_refund_limit
from donations.stripe_gateway.after import ASKS_BY_MAIL
from donations.take_back import parts_of
from donations.withdraw_refund import withdraw_refund
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import Role

LINES = 50


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def refund_page(request: HttpRequest, gift_id: int) -> HttpResponse:
    """How much goes back and why; then what it will do; then it is asked for, or proposed to a second person."""
    gift = get_object_or_404(Donation, pk=gift_id)
    if Refund.objects.filter(request_key=_key_of(request)).exists():  # pressed twice
        return redirect("office-gift", request.program.slug, gift.pk)  # type: ignore[attr-defined]
    gift = hold_gift(gift.pk)
    most_yen, actor = refundable_yen(gift), request.actor  # type: ignore[attr-defined]
    initial = {"amount": most_yen, "request_key": uuid4()}
    form = RefundForm(request.POST or None, most_yen=most_yen, initial=initial)
    context: dict[str, Any] = {
        "gift": gift,
        "form": form,
        "most_yen": most_yen,
        "why": why_not_refundable(gift),
    }
    context["asks_by_mail"] = gift.method in ASKS_BY_MAIL
    if request.method == "GET" or not form.is_valid():
        return render(request, "donations/office_refund.html", context, status=422 if form.errors else 200)
    if not {"pay_back", "propose"} & request.POST.keys():
        context["parts"] = parts_of(gift, form.cleaned_data["amount"])
        context["needs_second"] = needs_second_person(gift, form.cleaned_data["amount"], actor)
        return render(request, "donations/office_refund.html", context)
    return _write_down(request, context)


def _write_down(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """By the button that was pressed: a limit that changed meanwhile never makes one person enough."""
    form, gift = context["form"], context["gift"]
    verb = propose_refund if "propose" in request.POST else refund
    said = {name: form.cleaned_data[name] for name in ("reason", "request_key")}
    actor, slug = request.actor, request.program.slug  # type: ignore[attr-defined]
    try:
        made = verb(donation=gift, amount_yen=form.cleaned_data["amount"], actor=actor, **said)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "donations/office_refund.html", context, status=refusal.status)
    if made.is_proposed:
        messages.success(request, _("The refund is proposed. Another person of the secretariat approves it."))
    else:
        messages.success(
            request, _("The refund is under way. It stands here as paid back within a few minutes.")
        )
    return redirect("office-gift", slug, gift.pk)


def _key_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError:
        return None


@entrance(Role.OFFICE)
@require_GET
def refunds_page(request: HttpRequest) -> HttpResponse:
    """Refunds that wait for a second person, those on their way to a donor, and the limits."""
    return _draw_refunds(request)


def _draw_refunds(
    request: HttpRequest, typed: RefundLimitForm | None = None, of: Organisation | None = None
) -> HttpResponse:
    found = Refund.objects.select_related("donation__campaign", "asked_by__user").order_by("asked_at", "id")
    page = Paginator(found.filter(is_on_its_way=True), LINES).get_page(request.GET.get("page"))
    limits = []
    for one in Organisation.objects.order_by("id"):
        standing = RefundLimitForm(initial={"limit_yen": limit_yen_of(one.pk)}, prefix=str(one.pk))
        limits.append((one, typed if typed and of == one else standing))
    context = {"proposed": found.filter(state=Refund.State.PROPOSED), "page": page, "limits": limits}
    context["to_send"] = refunds_to_send()
    return render(request, "donations/office_refunds.html", context, status=422 if typed else 200)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def proposal_page(request: HttpRequest, refund_id: int) -> HttpResponse:
    """One refund: what it takes from where; a second person approves it."""
    found = get_object_or_404(Refund, pk=refund_id)
    status = 200
    if request.method == "POST":
        try:
            approve_refund(refund=found, actor=request.actor)  # type: ignore[attr-defined]
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The refund is approved."))
            return redirect("office-refund", request.program.slug, found.pk)  # type: ignore[attr-defined]
    return _draw_proposal(request, refund_id, status)


def _draw_proposal(request: HttpRequest, refund_id: int, status: int) -> HttpResponse:
    people = ("asked_by__user", "decided_by__user", "donation__campaign__organisation")
    found = Refund.objects.select_related(*people).get(pk=refund_id)
    gift = hold_gift(found.donation_id)  # what it would take is summed below
    context = {
        "refund": found,
        "gift": gift,
        "parts": parts_of(gift, found.amount_yen) if found.is_proposed else found.parts,
        "is_mine": found.asked_by_id == request.actor.pk,  # type: ignore[attr-defined]
        "asks_by_mail": gift.method in ASKS_BY_MAIL,
        "is_to_send": refunds_to_send().filter(pk=found.pk).exists(),
    }
    return render(request, "donations/office_refund_proposal.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def withdraw_page(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Nothing is paid back: the proposal ends."""
    found = get_object_or_404(Refund, pk=refund_id)
    try:
        withdraw_refund(refund=found, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _draw_proposal(request, refund_id, refusal.status)
    messages.success(request, _("The refund is withdrawn. Nothing is paid back."))
    return redirect("office-gift", request.program.slug, found.donation_id)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_POST
def limit_page(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Change up to which amount one person alone pays back."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    form = RefundLimitForm(request.POST, prefix=str(organisation.pk))
    if not form.is_valid():
        return _draw_refunds(request, form, organisation)
    actor = request.actor  # type: ignore[attr-defined]
    set_refund_limit(organisation=organisation, limit_yen=form.cleaned_data["limit_yen"], actor=actor)
    messages.success(request, _("The limit for refunds is changed."))
    return redirect("office-refunds", request.program.slug)  # type: ignore[attr-defined]
