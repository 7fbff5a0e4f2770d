"""The one field for e-mail addresses, as people type them and as the tables keep them."""

from typing import Any

from django import forms

from kernel.japanese import plain

MOST_CHARACTERS = 254  # what the columns hold, and what the standard allows


class AddressField(forms.EmailField):
    """An e-mail address, full-width letters understood, lower case, and no longer than its column.

    Measured after it became lower case: a few letters of other scripts become two by that.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MOST_CHARACTERS)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return plain(str(super().to_python(value))).lower()
