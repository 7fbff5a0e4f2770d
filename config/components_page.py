"""The page that shows every component with made-up figures. Only the demo has its URL."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from kernel.clock import JAPAN
from programs.entering import open_to_all

LAST_DAY = date(2027, 3, 31)
QR_SIZE = 21


class SampleForm(forms.Form):
    """One field of each kind, to be seen without and with errors."""

    name = forms.CharField(label=pgettext_lazy("sample", "Your name"), max_length=60)
    email = forms.EmailField(
        label=pgettext_lazy("sample", "E-mail"),
        help_text=pgettext_lazy("sample", "We send the receipt there."),
    )
    how_often = forms.ChoiceField(
        label=pgettext_lazy("sample", "How often"),
        choices=[
            ("once", pgettext_lazy("sample", "Once")),
            ("monthly", pgettext_lazy("sample", "Every month")),
        ],
        widget=forms.RadioSelect,
        initial="once",
    )
    message = forms.CharField(
        label=pgettext_lazy("sample", "A word to the children"), widget=forms.Textarea, required=False
    )
    agreed = forms.BooleanField(label=pgettext_lazy("sample", "I have read the gift agreement"))


def sample_months() -> list[dict[str, Any]]:
    """Bars of one school year: x and y are places in the drawing, `label_y` stands above the bar."""
    amounts = [310, 620, 780, 905, 540, 860, 990]
    names = ["4", "5", "6", "7", "8", "9", "10"]
    bars = []
    for place, (month, thousand_yen) in enumerate(zip(names, amounts, strict=True)):
        height = thousand_yen * 150 // 1000
        bars.append(
            {
                "month": month,
                "yen": thousand_yen * 1000,
                "thousand_yen": thousand_yen,
                "x": 24 + place * 84,
                "middle": 24 + place * 84 + 26,
                "y": 190 - height,
                "height": height,
                "label_y": 182 - height,
            }
        )
    return bars


def sample_wards() -> list[dict[str, Any]]:
    """Made-up shares of wards; one is hidden because too few children live there."""
    shares = [
        ("東区", 38),
        ("博多区", 52),
        ("中央区", 61),
        ("南区", 44),
        ("城南区", None),
        ("早良区", 73),
        ("西区", 27),
    ]
    return [
        {
            "name": name,
            "value": pgettext("sample", "hidden") if share is None else f"{share}%",
            "band": "hidden" if share is None else min(share // 20 + 1, 5),
        }
        for name, share in shares
    ]


def sample_qr() -> list[tuple[int, int]]:
    """Squares that look like a code; real pages pass the drawing of a real one."""
    corners = [(0, 0), (14, 0), (0, 14)]
    squares = [(x, y) for x in range(QR_SIZE) for y in range(QR_SIZE) if (x * 7 + y * 13 + x * y) % 5 < 2]
    kept = [
        (x, y) for x, y in squares if not any(cx <= x < cx + 8 and cy <= y < cy + 8 for cx, cy in corners)
    ]
    rings = [
        (cx + x, cy + y)
        for cx, cy in corners
        for x in range(7)
        for y in range(7)
        if x in (0, 6) or y in (0, 6) or (1 < x < 5 and 1 < y < 5)
    ]
    return kept + rings


def sample_forms() -> dict[str, Any]:
    """What the forms ask, once empty and once with mistakes."""
    return {
        "form": SampleForm(),
        "bad_form": SampleForm({"name": "", "email": "taro@", "how_often": "once"}),
        "amounts": [
            (3000, pgettext("sample", "Two workbooks and a set of pens")),
            (10000, pgettext("sample", "One month of lessons for one child")),
            (30000, pgettext("sample", "A summer course before the exams")),
            (100000, pgettext("sample", "Half a year of one child's learning")),
        ],
        "presets": [
            (8000, pgettext("sample", "Monthly fee")),
            (12000, pgettext("sample", "Monthly fee and books")),
        ],
        "options": [
            ("card", pgettext("sample", "Card"), pgettext("sample", "Charged at once")),
            ("store", pgettext("sample", "Convenience store"), ""),
        ],
        "wards": [("", pgettext("sample", "All wards")), ("chuo", "中央区"), ("minami", "南区")],
    }


def sample_ways() -> dict[str, Any]:
    """Where links lead."""
    return {
        "facts": [
            (pgettext("sample", "School"), "まなびの森 渋谷教室"),
            (pgettext("sample", "Day"), pgettext("sample", "Monday to Friday, 10:00 to 18:00")),
        ],
        "tabs": [
            ("#one", pgettext("sample", "Overview"), True),
            ("#two", pgettext("sample", "Uses"), False),
            ("#three", pgettext("sample", "Schools"), False),
        ],
        "trail": [
            ("/", pgettext("sample", "Home")),
            ("#all", pgettext("sample", "Coupons")),
            ("", pgettext("sample", "One coupon")),
        ],
        "step_names": [
            pgettext("sample", "Amount"),
            pgettext("sample", "Your details"),
            pgettext("sample", "Payment"),
        ],
        "pages": Paginator(range(240), 50).page(2),
    }


def sample_figures() -> dict[str, Any]:
    """What is drawn and counted."""
    return {
        "months": sample_months(),
        "ward_tiles": sample_wards(),
        "qr": sample_qr(),
        "definition": SimpleNamespace(
            label=pgettext("sample", "Children with a coupon"),
            meaning=pgettext(
                "sample", "Children to whom a coupon was issued in this program year and not voided."
            ),
            source=pgettext("sample", "Made-up figures."),
        ),
        "last_day": LAST_DAY,
        "used_at": datetime(2026, 11, 20, 17, 42, tzinfo=JAPAN),
    }


@open_to_all
@require_GET
def components_page(request: HttpRequest) -> HttpResponse:
    """All components together, to look at and to run axe on."""
    return render(request, "components/page.html", sample_forms() | sample_ways() | sample_figures())
