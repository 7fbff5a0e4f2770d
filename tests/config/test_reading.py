"""Readings above kanji: the choice goes back to where it was made, whatever stands in the field."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/shibuya/?page=2", "/shibuya/?page=2"),
        ("99999999999999999999", "99999999999999999999"),  # no view's name: it was a 500
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_it_goes_back_and_never_elsewhere(db, asked, answered):
    assert Client().post("/furigana/", {"next": asked})["Location"] == answered
