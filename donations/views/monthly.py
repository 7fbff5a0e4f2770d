"""Monthly gifts: the page after paying, the donor's own pages, and the secretariat's list."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from donations.change_monthly import change_monthly
from donations.errors import PaymentServiceAway
from donations.forms import MonthlyAmountForm
from donations.forms.after import SearchForm
from donations.models import Pledge
from donations.monthly_queries import monthly_sums, months_of, pledges_listed, pledges_of
from donations.stop_monthly import stop_monthly
from donations.stripe_gateway.monthly import ask_for_card_page
from donations.stripe_said import PledgeSaid
from donations.take_in_months import ask_and_take_in
from kernel.errors import Refused
from programs.entering import by_capability, entrance
from programs.middleware import own_transactions
from programs.models import Role
from programs.scoping import acting_in

LINES = 50


@by_capability
@own_transactions
@require_GET
def result_page(request: HttpRequest, reference: UUID) -> HttpResponse:
    """How a monthly gift stands after the payment page. Looking at it asks Stripe while its end is open."""
    program, said = request.program, None  # type: ignore[attr-defined]
    with acting_in(program.pk):
        pledge = get_object_or_404(Pledge.objects.select_related("campaign"), reference=reference)
    if pledge.is_waiting:
        try:
            pledge, said = ask_and_take_in(program_id=program.pk, pledge_id=pledge.pk)
        except Refused:
            said = None  # not known now: the page says that it is being checked, and asks again
    template = "donations/_monthly.html" if request.headers.get("HX-Request") else "donations/monthly.html"
    with acting_in(program.pk):
        stands = _how_it_stands(request, pledge, said)
        first = months_of(pledge).last()
        context = {"pledge": pledge, "said": said, "stands": stands, "first": first}
        response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    # The address is the key; with "no-referrer" forms are refused.
    response["Referrer-Policy"] = "same-origin"
    return response


def _how_it_stands(request: HttpRequest, pledge: Pledge, said: PledgeSaid | None) -> str:
    """active, ended, over, cancelled, unpaid (the payment page is still open) or checking."""
    if pledge.state in (Pledge.State.ACTIVE, Pledge.State.ENDED):
        return str(pledge.state)
    if not pledge.is_waiting:
        return "over"
    if said and said.url:
        return "cancelled" if "cancelled" in request.GET else "unpaid"
    return "checking"


@entrance(Role.DONOR)
@require_GET
def my_page(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """One's own monthly gift: the next charge, the months so far, and what can be done."""
    pledge = _own(request, pledge_id)
    return render(request, "donations/my_monthly.html", {"pledge": pledge, "months": months_of(pledge)})


@entrance(Role.DONOR)
@require_http_methods(["GET", "POST"])
def change_page(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """Another amount, from the next charge on."""
    pledge = _own(request, pledge_id)
    initial = {"amount": pledge.coming_yen}
    form = MonthlyAmountForm(request.POST or None, campaign=pledge.campaign, initial=initial)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            amount_yen, actor = form.cleaned_data["amount"], request.actor  # type: ignore[attr-defined]
            change_monthly(pledge=pledge, amount_yen=amount_yen, actor=actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The new amount is noted. It counts from the next charge on."))
            return redirect("my-monthly", request.program.slug, pledge.pk)  # type: ignore[attr-defined]
    context = {"pledge": pledge, "form": form}
    return render(request, "donations/my_monthly_change.html", context, status=status)


@entrance(Role.DONOR)
@require_http_methods(["GET", "POST"])
def stop_page(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """Say what stopping does; then it is stopped. Nobody is asked why."""
    pledge = _own(request, pledge_id)
    if request.method == "GET":
        return render(request, "donations/my_monthly_stop.html", {"pledge": pledge})
    try:
        stop_monthly(pledge=pledge, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The monthly gift is stopped. Nothing more is charged."))
    return redirect("my-monthly", request.program.slug, pledge.pk)  # type: ignore[attr-defined]


@entrance(Role.DONOR)
@own_transactions
@require_POST
def card_act(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """On to Stripe's page for another card; it leads back here."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        pledge = _own(request, pledge_id)
    back = reverse("my-monthly", args=[program.slug, pledge.pk])
    if pledge.state != Pledge.State.ACTIVE:
        return redirect(back)
    try:
        address = ask_for_card_page(
            organisation=pledge.campaign.organisation, pledge=pledge, back=settings.PUBLIC_URL + back
        )
    except PaymentServiceAway:
        messages.error(request, _("The payment service does not answer at the moment. Please try again."))
        return redirect(back)
    return redirect(address)


def _own(request: HttpRequest, pledge_id: int) -> Pledge:
    found: Pledge = get_object_or_404(pledges_of(request.user), pk=pledge_id)
    return found


@entrance(Role.OFFICE)
@require_GET
def office_list(request: HttpRequest) -> HttpResponse:
    """How many monthly gifts run, what they bring, whose card was declined; and one field to find a caller's."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(pledges_listed(asked), LINES).get_page(request.GET.get("page"))
    context = {"page": page, "sums": monthly_sums(), "asked": asked}
    return render(request, "donations/office_monthly.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def office_stop(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """Stop the monthly gift of someone who asked for it by telephone or letter. The look at the address is recorded."""
    ran = Pledge.objects.select_related("campaign").exclude(subscription_id="")
    pledge = get_object_or_404(ran, pk=pledge_id)
    if request.method == "GET":
        record("pledge.read", actor=request.actor, subject=f"pledge:{pledge.pk}")  # type: ignore[attr-defined]
        return render(request, "donations/office_monthly_stop.html", {"pledge": pledge})
    try:
        stop_monthly(pledge=pledge, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The monthly gift is stopped. The donor gets a mail."))
    return redirect("office-monthly", request.program.slug)  # type: ignore[attr-defined]
