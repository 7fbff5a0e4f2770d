"""What people type on the partners' pages. Shape only; the rules of money live in the verbs."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coupons.models import Category
from kernel.address_field import AddressField
from kernel.japanese import typed_number
from partners.models import Classroom, Device, Provider

MOST_YEN = 1_000_000


class YenField(forms.IntegerField):
    """Whole yen as people type them: １２，０００円 is 12000. A text input, for number inputs refuse that."""

    default_error_messages: ClassVar = {"invalid": _("Please type the amount in digits, for example 12000.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "12"})
        super().__init__(min_value=1, max_value=MOST_YEN, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(typed_number(value) if isinstance(value, str) else value)


class CounterForm(forms.Form):
    """The first step at the counter."""

    code = forms.CharField(
        label=_("Coupon code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    amount_yen = YenField(label=_("Amount"))
    category = forms.ChoiceField(label=_("What for"), choices=Category.choices, initial=Category.TUITION)


class TakeForm(CounterForm):
    """The second step: the same again, with the key that makes a repeat the same use."""

    request_key = forms.UUIDField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class EnrolForm(forms.Form):
    """The code that the owner reads out."""

    code = forms.CharField(
        label=_("Enrolment code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )


class DeviceForm(forms.Form):
    """A new device of one of the school's classrooms."""

    classroom: "forms.ModelChoiceField[Classroom]" = forms.ModelChoiceField(
        label=_("Classroom"), queryset=None, empty_label=None
    )
    label = forms.CharField(label=_("Name of the device"), max_length=40)
    kind = forms.ChoiceField(
        label=_("Kind of device"), choices=Device.Kind.choices, initial=Device.Kind.SCREEN
    )

    def __init__(self, *args: Any, classrooms: list[Classroom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_among(self.fields["classroom"], classrooms)


class StaffForm(forms.Form):
    """Who takes coupons where."""

    classroom: "forms.ModelChoiceField[Classroom]" = forms.ModelChoiceField(
        label=_("Classroom"), queryset=None, empty_label=None
    )
    email = AddressField(label=_("E-mail address of the person"))

    def __init__(self, *args: Any, classrooms: list[Classroom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_among(self.fields["classroom"], classrooms)


class ApplyForm(forms.Form):
    """A school that asks to take part, with its first classroom."""

    name = forms.CharField(label=_("Name of the school"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind of school"), choices=Provider.Kind.choices)
    classroom = forms.CharField(label=_("Name of the first classroom"), max_length=80)
    area = forms.CharField(label=_("Ward or town"), max_length=40)


class ApproveForm(forms.Form):
    """How long the approval lasts."""

    until = forms.DateField(label=_("Approved until"), widget=forms.DateInput(attrs={"type": "date"}))


class SuspendForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


def _only_among(field: Any, classrooms: list[Classroom]) -> None:
    # The classrooms are known already; a queryset would ask for them again.
    field.queryset = Classroom.objects.filter(pk__in=[room.pk for room in classrooms])
    field.choices = [(room.pk, room.name) for room in classrooms]
