"""The secretariat's page of the year's rules about the money."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from coupons.forms.year_rules import YearRulesForm, typed_as
from coupons.models import Coupon
from coupons.rule_words import rule_lines
from coupons.set_use_rules import set_use_rules
from coupons.use_rules import Rules, check_rules, newest_rules, read_rules
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import ProgramYear, Role


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def year_rules_page(request: HttpRequest, year_id: int) -> HttpResponse:
    """What holds, the form to change it, then what it would change; the second yes writes it."""
    year: ProgramYear = get_object_or_404(ProgramYear.objects, pk=year_id)
    newest = newest_rules(year)
    starts_with = typed_as(read_rules(newest), newest.version if newest else 0)
    form = YearRulesForm(request.POST or None, year=year, initial=starts_with)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            if "yes" in request.POST:
                return _set(request, year, form)
            check_rules(form.rules(), year)
            return _page(request, year, form, "coupons/office_year_rules_check.html", after=form.rules())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    return _page(request, year, form, "coupons/office_year_rules.html", status=status)


def _set(request: HttpRequest, year: ProgramYear, form: YearRulesForm) -> HttpResponse:
    typed, actor = form.cleaned_data, request.actor  # type: ignore[attr-defined]
    set_use_rules(
        year=year, rules=form.rules(), reason=typed["reason"], seen_version=typed["version"], actor=actor
    )
    messages.success(
        request, _("The rules were changed. Coupons that are out keep the rules they came with.")
    )
    return redirect("office-year-rules", request.program.slug, year.pk)  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    year: ProgramYear,
    form: YearRulesForm,
    template: str,
    *,
    after: Rules | None = None,
    status: int = 200,
) -> HttpResponse:
    newest = newest_rules(year)
    context = {
        "year": year,
        "form": form,
        "newest": newest,
        "lines": rule_lines(year, read_rules(newest)),
        "after": rule_lines(year, after) if after else [],
        "issued": Coupon.objects.filter(year=year).exclude(state=Coupon.State.VOID).count(),
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ],
    }
    return render(request, template, context, status=status)
