"""The secretariat's pages about coupons: who waits, issue, one coupon, take a use back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coupons.errors import YearOver
from coupons.forms.issuing import ChosenForm, ReasonForm
from coupons.issue import check_reserve, issue
from coupons.issue_many import issue_many
from coupons.models import Coupon, Redemption
from coupons.queries import Effect, Fund, funds, total_yen_for, uses_of, waiting_in
from coupons.reverse import reverse
from coupons.rule_words import amount_lines
from coupons.use_rules import newest_rules, read_rules
from families.models import Application
from families.queries import year_now
from kernel.clock import today
from kernel.errors import Refused
from ledger.balances import stored_balances_yen
from programs.entering import entrance
from programs.models import ProgramYear, Role

LINES = 50  # grades are unsealed one by one


@entrance(Role.OFFICE)
@require_GET
@never_cache
def office_page(request: HttpRequest) -> HttpResponse:
    """Funds with what they hold, and the children who wait for a coupon."""
    return _office_page(request, year_now(), funds(), form=None)


def _office_page(
    request: HttpRequest,
    year: ProgramYear | None,
    held: list[Fund],
    *,
    form: ChosenForm | None,
    status: int = 200,
) -> HttpResponse:
    waiting = waiting_in(year) if year else Application.objects.none()
    asked = request.GET if request.method == "GET" else request.POST
    context = {
        "year": year,
        "funds": held,
        "page": Paginator(waiting, LINES).get_page(request.GET.get("page")),
        "amounts": _amounts(year) if year else [],
        "options": [(fund.account.pk, fund.account.label) for fund in held],
        "chosen_fund": asked.get("fund", ""),
        "chosen": set(asked.getlist("application")),
        "errors": [str(error) for errors in (form.errors.values() if form else []) for error in errors],
    }
    return render(request, "coupons/office.html", context, status=status)


def _amounts(year: ProgramYear) -> list[str]:
    return amount_lines(year, read_rules(newest_rules(year)), today())


def _form(request: HttpRequest, year: ProgramYear | None, held: list[Fund]) -> ChosenForm:
    waiting = list(waiting_in(year).values_list("pk", flat=True)) if year else []
    asked = request.POST if request.method == "POST" else request.GET
    return ChosenForm(asked, funds=held, waiting=waiting)


def _fund(form: ChosenForm, held: list[Fund]) -> Fund:
    return next(fund for fund in held if str(fund.account.pk) == form.cleaned_data["fund"])


def _reserve_refusal(fund: Fund) -> str:
    try:
        check_reserve(fund.account)
    except Refused as refusal:
        return str(refusal)
    return ""


@entrance(Role.OFFICE)
@require_GET
@never_cache
def check_page(request: HttpRequest) -> HttpResponse:
    """What issuing would do: count times face is the total, against what the fund holds."""
    year, held = year_now(), funds()
    form = _form(request, year, held)
    if year is None or not form.is_valid():
        return _office_page(request, year, held, form=form, status=422)
    fund, ids = _fund(form, held), form.cleaned_data["ids"]
    chosen = Application.objects.filter(pk__in=ids, year=year)
    try:
        total_yen = total_yen_for(chosen, year, today())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _office_page(request, year, held, form=form, status=refusal.status)
    context = {
        "year": year,
        "effect": Effect(fund, len(ids), total_yen),
        "ids": ids,
        "is_all": form.cleaned_data["all"],
        "amounts": _amounts(year),
        "refusal": _reserve_refusal(fund),
    }
    return render(request, "coupons/office_check.html", context)


@entrance(Role.OFFICE)
@require_POST
def issue_act(request: HttpRequest) -> HttpResponse:
    """Issue: one at once, more as a job with its own page."""
    year, held = year_now(), funds()
    form, status = _form(request, year, held), 422
    if year and form.is_valid():
        try:
            return _issue_to(request, year, _fund(form, held), form.cleaned_data["ids"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    return _office_page(request, year, funds(), form=form, status=status)


def _issue_to(request: HttpRequest, year: ProgramYear, fund: Fund, ids: list[int]) -> HttpResponse:
    slug, actor = request.program.slug, request.actor  # type: ignore[attr-defined]
    if today() > year.last_day:
        raise YearOver(last_day=year.last_day)
    if len(ids) > 1:
        job = issue_many(year=year, fund=fund.account, applications=ids, actor=actor)
        return redirect("job", slug, job.pk)
    application: Application = get_object_or_404(Application.objects, pk=ids[0])
    coupon = issue(application=application, fund=fund.account, actor=actor)
    messages.success(request, _("The coupon was issued. The family is told by e-mail."))
    return redirect("office-coupon", slug, coupon.pk)


@entrance(Role.OFFICE)
@require_GET
@never_cache
def issued_page(request: HttpRequest) -> HttpResponse:
    """All coupons, the newest first, with what is left."""
    coupons = Coupon.objects.select_related("account", "year").order_by("-id")
    page = Paginator(coupons, LINES).get_page(request.GET.get("page"))
    left = stored_balances_yen(coupon.account for coupon in page)
    lines = [(coupon, left[coupon.account_id]) for coupon in page]
    return render(request, "coupons/office_issued.html", {"page": page, "lines": lines})


@entrance(Role.OFFICE)
@require_GET
@never_cache
def coupon_page(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """One coupon: what is left, until when, from which fund, and every use."""
    found = Coupon.objects.select_related("account", "fund", "year", "child__key", "issued_by__user")
    coupon = get_object_or_404(found, pk=coupon_id)
    left = stored_balances_yen([coupon.account])[coupon.account_id]
    ended = list(coupon.expiries.order_by("id"))
    context = {"coupon": coupon, "left_yen": left, "uses": uses_of(coupon), "ended": ended}
    return render(request, "coupons/office_coupon.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def reverse_page(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """Take one whole use back, with a reason."""
    found = Redemption.objects.select_related("coupon__account", "payee")
    use = get_object_or_404(found, pk=redemption_id)
    form, status = ReasonForm(request.POST or None), 200
    if form.is_valid():
        try:
            reverse(redemption=use, actor=request.actor, reason=form.cleaned_data["reason"])  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The use was taken back. The money is on the coupon again."))
            return redirect("office-coupon", request.program.slug, use.coupon_id)  # type: ignore[attr-defined]
    elif request.method == "POST":
        status = 422
    return render(request, "coupons/office_reverse.html", {"use": use, "form": form}, status=status)
