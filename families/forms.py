"""What the secretariat types. Shape only; the rules live in families/apply.py."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from families.apply import ChildFacts, GuardianFacts
from kernel.address_field import AddressField
from kernel.japanese import DASHES, plain

ERAS = {"昭和": 1925, "S": 1925, "平成": 1988, "H": 1988, "令和": 2018, "R": 2018}  # the year before year 1
WRITTEN_DAY = re.compile(r"(昭和|平成|令和|[SHR])?(\d{1,4}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def typed_day(text: str) -> date | None:
    """'２０１１年４月２日', '2011/4/2', '平成23年4月2日', 'H23.4.2' or '20110402' as a day; None for anything else."""
    read = re.sub(r"\s", "", DASHES.sub("-", plain(text))).upper()
    if re.fullmatch(r"\d{8}", read):
        read = f"{read[:4]}-{read[4:6]}-{read[6:]}"
    found = WRITTEN_DAY.fullmatch(read)
    if found is None:
        return None
    era, year, month, day = found.groups()
    if (era is None) != (len(year) == 4):
        return None  # '11-4-2' could be of three eras
    try:
        return date(ERAS.get(era, 0) + (1 if year == "元" else int(year)), int(month), int(day))
    except ValueError:
        return None


class DayField(forms.CharField):
    """A day as people write it, with full-width digits and Japanese eras."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        day = typed_day(text)
        if day is None:
            raise forms.ValidationError(
                _(
                    "Please type the day like 2011/4/2 or 平成23年4月2日; this day does not exist or cannot be read."
                )
            )
        return day

    def validate(self, value: Any) -> None:
        if value is None:
            super().validate("")

    def run_validators(self, value: Any) -> None:
        """A day has no length."""


class ChildForm(forms.Form):
    """A child of a family that is here already."""

    child_name = forms.CharField(label=pgettext_lazy("families", "Child's name"), max_length=60)
    child_kana = forms.CharField(
        label=pgettext_lazy("families", "Reading of the name"),
        max_length=80,
        help_text=_("In katakana, for example ヤマダ ハナコ."),
    )
    nickname = forms.CharField(
        label=_("Name to be called by"),
        max_length=20,
        help_text=_("Schools and counters see this one only. A short name or initials are enough."),
    )
    born = DayField(
        label=pgettext_lazy("families", "Birth date"),
        max_length=20,
        help_text=_("For example 2011/4/2 or 平成23年4月2日."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # or the browser offers the names of other families

    def clean_child_kana(self) -> str:
        """Half-width kana and hiragana become katakana. Names themselves are never changed."""
        return plain(self.cleaned_data["child_kana"]).translate(HIRAGANA_TO_KATAKANA)

    def facts(self) -> dict[str, Any]:
        """What apply() takes."""
        typed = self.cleaned_data
        child = ChildFacts(
            name=typed["child_name"],
            kana=typed["child_kana"],
            nickname=typed["nickname"],
            birth_date=typed["born"],
        )
        return {"child": child, "guardian": None}


class FamilyForm(ChildForm):
    """A family that is new here."""

    guardian_name = forms.CharField(label=pgettext_lazy("families", "Guardian's name"), max_length=60)
    email = AddressField(
        label=_("Guardian's e-mail address"),
        required=False,
        help_text=_("With an address, an invitation to the family's page is sent there."),
    )
    field_order = ("guardian_name", "email", "child_name", "child_kana", "nickname", "born")

    def facts(self) -> dict[str, Any]:
        """What apply() takes."""
        typed = self.cleaned_data
        guardian = GuardianFacts(name=typed["guardian_name"], email=typed["email"])
        return {**super().facts(), "guardian": guardian}
