"""What the secretariat types about campaigns. Shape only; the promises are checked in the verbs."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donations.add_picture import MOST_BYTES
from donations.draft_campaign import LEAST_YEN, Plan
from donations.draft_update import News
from donations.errors import PictureTooLarge, PictureUnknown
from donations.models import Campaign, CampaignUpdate, Organisation
from donations.story import pictures_named
from kernel.clock import today
from kernel.japanese import plain, typed_number
from kernel.templatetags.look import yen
from kernel.yen import written_yen

PRESETS = ("preset_1", "preset_2", "preset_3", "preset_4")
MOST_YEN = 2_000_000_000
MOST_SHARE = 50
USUAL_DAYS, USUAL_SHARE, USUAL_PRESETS = 60, 10, (3_000, 5_000, 10_000, 30_000)
STORY_HINT = _(
    "An empty line begins a paragraph. “# ” begins a heading, “- ” a list, **two stars** make bold, "
    "[words](https://...) a link, ![](picture:1) shows picture 1."
)


class YenField(forms.CharField):
    """Whole yen as people type them: '１，０００，０００円' is 1000000."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        self.least = least
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The amount, or None for an empty field."""
        typed = typed_number(super().to_python(value) or "")
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit()) or not self.least <= int(typed) <= MOST_YEN:
            raise forms.ValidationError(
                _("Please type an amount in digits, at least %(least)s.") % {"least": yen(self.least)}
            )
        return int(typed)

    def validate(self, value: Any) -> None:
        """Empty only where it may be."""
        if value is None:
            super().validate("")

    def run_validators(self, value: Any) -> None:
        """A number has no length."""


class ShareField(forms.CharField):
    """A share in per cent with one decimal, kept as per mille: '7.5' is 75."""

    def to_python(self, value: Any) -> Any:
        """The share in per mille."""
        typed = plain(super().to_python(value) or "").rstrip("%").strip()
        if not typed:
            return None
        try:
            share = Decimal(typed) * 10
        except InvalidOperation:
            share = Decimal(-1)
        if not share.is_finite() or share != share.to_integral_value() or not 0 <= share <= MOST_SHARE * 10:
            raise forms.ValidationError(
                _("Please type a share from 0 to 50, with at most one decimal, for example 10 or 7.5.")
            )
        return int(share)

    def validate(self, value: Any) -> None:
        """Never empty: no share is 0."""
        if value is None:
            super().validate("")

    def run_validators(self, value: Any) -> None:
        """A number has no length."""


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """The browser's own field for a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
    )


def story_field(label: Any, *, rows: int = 14, **kwargs: Any) -> forms.CharField:
    """A text with headings, lists, links and the campaign's pictures."""
    return forms.CharField(
        label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class WithPictures(forms.Form):
    """A form with texts that may show the campaign's pictures: an unknown one is said at its field."""

    texts: tuple[str, ...] = ()

    def __init__(self, *args: Any, pictures: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures = pictures

    def clean(self) -> dict[str, Any]:
        """Each text shows only what is there."""
        cleaned = super().clean() or {}
        for name in self.texts:
            for number in sorted(pictures_named(cleaned.get(name) or "") - set(self.pictures)):
                self.add_error(name, str(PictureUnknown(number=number)))
        return cleaned


class CampaignForm(WithPictures):
    """All that is promised to donors."""

    texts = ("story", "story_en")
    organisation: Any = forms.ModelChoiceField(
        label=_("Who receives the gifts"), queryset=None, empty_label=None
    )
    title = forms.CharField(label=_("Title in Japanese"), max_length=80)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    story = story_field(_("Story in Japanese"), help_text=STORY_HINT)
    story_en = story_field(
        _("Story in English"),
        required=False,
        help_text=_("Readers of English see the Japanese story when this is empty."),
    )
    goal_yen = YenField(label=pgettext_lazy("campaigns", "Goal"))
    kind = forms.ChoiceField(
        label=_("When the goal is missed"),
        choices=Campaign.Kind.choices,
        initial=Campaign.Kind.ALL_IN,
        widget=forms.RadioSelect,
        help_text=_(
            "All-or-nothing saves cards and charges them only after the last day, if the goal is reached by "
            "then. Gifts by card alone, and the last day cannot be moved."
        ),
    )
    first_day = day_field(_("First day for gifts"))
    last_day = day_field(
        _("Last day for gifts"),
        required=False,
        help_text=_("Gifts are taken on this day too. Leave it empty for a campaign without an end."),
    )
    takes_monthly = forms.BooleanField(
        label=_("Also take monthly gifts by card"),
        required=False,
        help_text=_("Only for a campaign without a last day. It runs until you end it."),
    )
    preset_1 = YenField(
        label=_("First amount to choose"),
        required=False,
        least=LEAST_YEN,
        help_text=_(
            "Up to four amounts stand as buttons in the gift form. Another amount can always be typed."
        ),
    )
    preset_2 = YenField(label=_("Second amount to choose"), required=False, least=LEAST_YEN)
    preset_3 = YenField(label=_("Third amount to choose"), required=False, least=LEAST_YEN)
    preset_4 = YenField(label=_("Fourth amount to choose"), required=False, least=LEAST_YEN)
    minimum_yen = YenField(label=_("Smallest gift"), least=LEAST_YEN)
    maximum_yen = YenField(label=_("Largest gift"), least=LEAST_YEN)
    operating_per_mille = ShareField(
        label=_("Promised share for running costs"),
        max_length=8,
        help_text=_("In per cent of each gift, 0 to 50. All the rest becomes study coupons."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.order_by("id")
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:  # nothing to choose
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = organisations[0].pk

    def clean(self) -> dict[str, Any]:
        """Days and amounts fit together; said at the field that has to change."""
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        least, most = cleaned.get("minimum_yen"), cleaned.get("maximum_yen")
        if first and last and last < first:
            self.add_error("last_day", _("The last day cannot be before the first day."))
        if last and cleaned.get("takes_monthly"):
            self.add_error("last_day", _("A campaign that takes monthly gifts has no last day. Empty it."))
        if least and most and most < least:
            self.add_error("maximum_yen", _("The largest gift cannot be below the smallest."))
        for name in PRESETS if least and most else ():
            if cleaned.get(name) and not least <= cleaned[name] <= most:
                self.add_error(name, _("This amount is outside of the smallest and the largest gift."))
        return cleaned

    def plan(self) -> Plan:
        """The plan of a valid form."""
        said = dict(self.cleaned_data)
        del said["organisation"]
        presets = sorted({said.pop(name) for name in PRESETS} - {None})
        return Plan(presets=presets, **said)


def usual() -> dict[str, Any]:
    """What a new campaign begins with: sixty days from today, amounts that many give, limits of the model."""
    new, on = Campaign(), today()
    return {
        "first_day": on,
        "last_day": on + timedelta(days=USUAL_DAYS - 1),
        "operating_per_mille": f"{USUAL_SHARE:g}",
        **dict(zip(PRESETS, (written_yen(yen) for yen in USUAL_PRESETS), strict=True)),
        "minimum_yen": written_yen(new.minimum_yen),
        "maximum_yen": written_yen(new.maximum_yen),
    }


def written(campaign: Campaign) -> dict[str, Any]:
    """A campaign as the form shows it."""
    presets = [*(written_yen(yen) for yen in campaign.presets), "", "", "", ""]
    plan = (*Plan.__dataclass_fields__, "organisation")
    amounts = ("goal_yen", "minimum_yen", "maximum_yen")
    return {
        **{name: getattr(campaign, name) for name in plan if name != "presets"},
        **{name: written_yen(getattr(campaign, name)) for name in amounts},
        **dict(zip(PRESETS, presets, strict=False)),
        "operating_per_mille": f"{campaign.operating_per_mille / 10:g}",
    }


class StoryForm(WithPictures):
    """What may still change when the campaign is open."""

    texts = ("story", "story_en")
    story = story_field(_("Story in Japanese"), help_text=STORY_HINT)
    story_en = story_field(_("Story in English"), required=False)


class ExtendForm(forms.Form):
    """A later last day, and why."""

    last_day = day_field(_("New last day for gifts"))
    reason = forms.CharField(
        label=pgettext_lazy("campaigns", "Reason"),
        max_length=200,
        help_text=_("It stands in the trail. Donors do not see it."),
    )


class UpdateForm(WithPictures):
    """News for donors."""

    texts = ("body", "body_en")
    title = forms.CharField(
        label=_("Title in Japanese"), max_length=80, help_text=_("It is also the subject of the mail.")
    )
    body = story_field(pgettext_lazy("campaigns", "Text in Japanese"), help_text=STORY_HINT)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    body_en = story_field(
        pgettext_lazy("campaigns", "Text in English"),
        required=False,
        help_text=_("Donors who read English get the Japanese text when this is empty."),
    )

    def news(self) -> News:
        """The news of a valid form."""
        return News(**self.cleaned_data)


def written_update(update: CampaignUpdate) -> dict[str, Any]:
    """An update as the form shows it."""
    return {name: getattr(update, name) for name in News.__dataclass_fields__}


class PictureForm(forms.Form):
    """One picture and its words."""

    picture = forms.FileField(
        label=pgettext_lazy("campaigns", "Picture"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. We make it smaller and take camera data out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What the picture shows"),
        max_length=200,
        help_text=_("For people who cannot see it. Do not write names of children."),
    )
    alt_en = forms.CharField(label=_("The same in English"), max_length=200, required=False)

    def clean_picture(self) -> Any:
        """Refused by its size before it is read."""
        picture = self.cleaned_data["picture"]
        if picture.size > MOST_BYTES:
            raise forms.ValidationError(str(PictureTooLarge()))
        return picture
