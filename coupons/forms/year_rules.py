"""The year's rules about the money as the secretariat types them. Shape only; set_use_rules checks the rest."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coupons.models import Category
from coupons.use_rules import Amount, Rules, Window, monthly
from families.grades import LAST_GRADE, grade_words
from kernel.japanese import typed_number
from kernel.templatetags.look import yen
from programs.models import ProgramYear

MOST_YEN = 10_000_000
PAIRS = {"7": (7, 8), "12": (12, 1)}


class Yen(forms.CharField):
    """Whole yen, full-width digits and commas allowed; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The amount, or None."""
        typed = typed_number(super().clean(value) or "")
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed) <= MOST_YEN:
            raise forms.ValidationError(
                _("Please type an amount in digits, at most %(most)s.") % {"most": yen(MOST_YEN)}
            )
        return int(typed)


class YearRulesForm(forms.Form):
    """One of three patterns, what may be paid, caps, and why."""

    pattern = forms.ChoiceField(
        label=_("How the amount is set"),
        choices=[
            ("same", _("The same for every child, to use until the year's last day")),
            ("grades", _("By grade, to use until the year's last day")),
            ("monthly", _("So much a month")),
        ],
        widget=forms.RadioSelect,
    )
    monthly_yen = Yen(label=_("Yen a month"))
    pooled = forms.MultipleChoiceField(
        label=_("Months that share one amount"),
        choices=[("7", _("July and August")), ("12", _("December and January"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    carries_over = forms.BooleanField(
        label=_("What a month leaves may be used later"),
        help_text=_("Otherwise it goes back to the fund after the month's last day."),
        required=False,
    )
    categories = forms.MultipleChoiceField(
        label=_("What may be paid"), choices=Category.choices, widget=forms.CheckboxSelectMultiple
    )
    per_use_yen = Yen(label=_("At most in one use"))
    per_day_yen = Yen(label=_("At most on one day"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For example the decision of the committee and its day."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: ProgramYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        for grade in range(1, LAST_GRADE + 1):
            self.fields[f"grade_{grade}"] = Yen(label=grade_words(grade))

    @property
    def grade_fields(self) -> list[forms.BoundField]:
        """The fields of the grades, the youngest first."""
        return [self[f"grade_{grade}"] for grade in range(1, LAST_GRADE + 1)]

    def clean(self) -> dict[str, Any]:
        """What the pattern needs is there."""
        cleaned = super().clean() or {}
        if cleaned.get("pattern") == "monthly" and not cleaned.get("monthly_yen"):
            self.add_error("monthly_yen", _("Type the yen for one month."))
        if cleaned.get("pattern") == "grades" and not any(
            cleaned.get(f"grade_{grade}") for grade in range(1, LAST_GRADE + 1)
        ):
            self.add_error("grade_1", _("Type an amount for at least one grade."))
        return cleaned

    def rules(self) -> Rules:
        """What was typed, as rules."""
        typed = self.cleaned_data
        return Rules(
            amounts=self._amounts() if typed["pattern"] == "grades" else (),
            windows=self._windows() if typed["pattern"] == "monthly" else (),
            carries_over=typed["pattern"] == "monthly" and typed["carries_over"],
            categories=typed["categories"],
            per_use_yen=typed["per_use_yen"],
            per_day_yen=typed["per_day_yen"],
        )

    def _amounts(self) -> list[Amount]:
        """Grades beside each other with the same amount become one row."""
        found: list[Amount] = []
        for grade in range(1, LAST_GRADE + 1):
            amount = self.cleaned_data[f"grade_{grade}"]
            if amount and found and (found[-1].to_grade, found[-1].yen) == (grade - 1, amount):
                found[-1] = Amount(found[-1].from_grade, grade, amount)
            elif amount:
                found.append(Amount(grade, grade, amount))
        return found

    def _windows(self) -> list[Window]:
        pooled = [PAIRS[name] for name in self.cleaned_data["pooled"]]
        return monthly(self.year, self.cleaned_data["monthly_yen"], pooled=pooled)


def typed_as(rules: Rules, version: int) -> dict[str, Any]:
    """What the form would have to hold to say `rules`: the page starts from what holds now."""
    said: dict[str, Any] = {
        "pattern": "grades" if rules.amounts else "monthly" if rules.windows else "same",
        "carries_over": rules.carries_over,
        "categories": list(rules.categories),
        "per_use_yen": rules.per_use_yen,
        "per_day_yen": rules.per_day_yen,
        "version": version,
    }
    for one in rules.amounts:
        for grade in range(one.from_grade, one.to_grade + 1):
            said[f"grade_{grade}"] = one.yen
    if rules.windows:
        said["monthly_yen"] = min(one.yen for one in rules.windows)
        firsts = {one.first_day.month for one in rules.windows if one.first_day.month != one.last_day.month}
        said["pooled"] = [name for name in PAIRS if int(name) in firsts]
    return said
