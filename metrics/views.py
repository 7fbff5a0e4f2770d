"""The city's dashboard, and what became of the gifts to a campaign."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from coupons.models import Category
from donations.models import Campaign
from donations.queries import paid_gifts
from families.grades import grade_words
from families.queries import year_now
from kernel.templatetags.look import in_japanese, number, yen
from metrics import definitions
from metrics.chart import Point, bars, columns
from metrics.gift_story import story_of_fund
from metrics.measure import Figures, measure_year
from metrics.story_page import story_context
from programs.entering import entrance, open_to_all
from programs.models import ProgramYear, Role


@entrance(Role.CITY, Role.OFFICE)
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """One fiscal year: the six answers first, then where they come from. `?year=2026` chooses."""
    year = _year_asked(request)
    if year is None:
        return render(request, "metrics/no_year.html")
    figures = measure_year(year)
    context = {
        "figures": figures,
        "years": ProgramYear.objects.order_by("-year"),
        "say": definitions,
        "k": year.program.small_cell,
        **_charts(figures),
    }
    return render(request, "metrics/dashboard.html", context)


def _year_asked(request: HttpRequest) -> ProgramYear | None:
    asked = request.GET.get("year")
    if asked is None:
        found = year_now()
        if found is None:
            return None
        asked = str(found.year)
    year: ProgramYear | None = None
    if asked.isascii() and asked.isdigit() and len(asked) == 4:
        year = ProgramYear.objects.select_related("program").filter(year=int(asked)).first()
    if year is None:
        raise Http404("no such program year")
    return year


def _charts(figures: Figures) -> dict[str, object]:
    """Each chart with the points that its table shows too."""
    categories = dict(Category.choices)
    by_category = [
        Point(str(categories[str(r.key)]), r.shown, yen(r.shown)) for r in figures.by_category.rows
    ]
    by_grade = [Point(grade_words(int(str(r.key))), r.shown, number(r.shown)) for r in figures.by_grade.rows]
    by_month = [
        Point(_month_name(r.key), r.shown, _ten_thousand(r.shown))
        for r in figures.by_month.rows
        if not isinstance(r.key, (int, str))
    ]
    months = [Point(p.label, p.value, yen(p.value)) for p in by_month]
    return {
        "category_points": by_category,
        "category_chart": bars("by-category", _("Yen used, by what it paid for"), by_category),
        "grade_points": by_grade,
        "grade_chart": bars("by-grade", _("Children with a coupon, by grade"), by_grade),
        "month_points": months,
        "month_chart": columns("by-month", _("Yen used, by month, in 10,000 yen"), by_month),
    }


def _ten_thousand(amount_yen: int | None) -> str:
    """1_234_567 -> '123.5': columns have no room for yen; the table has them."""
    return "" if amount_yen is None else f"{(amount_yen + 500) // 1000 / 10:,.1f}"


def _month_name(month: date) -> str:
    """4月, or Apr."""
    return f"{month.month}月" if in_japanese() else date_format(month, "M")


@entrance(Role.DONOR)
@require_GET
def gift_story(request: HttpRequest, reference: UUID) -> HttpResponse:
    """What became of a gift of the signed-in person: the story of its fund, with the gift as its first step."""
    own = paid_gifts().filter(user=request.user.pk).select_related("campaign__organisation")
    gift = get_object_or_404(own, reference=reference)
    story = story_of_fund(gift.campaign, k=request.program.small_cell)  # type: ignore[attr-defined]
    return render(request, "metrics/fund_story.html", story_context(story, gift))


@open_to_all
@require_GET
def fund_story(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What became of all gifts to a campaign, for everyone."""
    opened = Campaign.objects.select_related("organisation").exclude(state__in=Campaign.UNOPENED)
    campaign: Campaign = get_object_or_404(opened, pk=campaign_id)
    story = story_of_fund(campaign, k=request.program.small_cell)  # type: ignore[attr-defined]
    return render(request, "metrics/fund_story.html", story_context(story))
