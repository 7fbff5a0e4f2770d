"""A refusal that no form caught: words and the right status, never a 500."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from kernel.errors import NotAllowed, Refused
from programs.entering import open_to_all


@open_to_all
def refuses(request: HttpRequest) -> HttpResponse:
    """A view that lets a refusal through."""
    raise NotAllowed if request.GET else Refused


urlpatterns = [path("refuses/", refuses)]


@pytest.mark.parametrize(("address", "status"), [("/refuses/", 409), ("/refuses/?x=1", 403)])
def test_an_uncaught_refusal_is_a_page_in_words(db: None, address: str, status: int) -> None:
    with override_settings(ROOT_URLCONF="tests.config.test_refusals"):
        response = Client(raise_request_exception=False).get(address)

    assert response.status_code == status
    assert str((NotAllowed if status == 403 else Refused)()) in response.content.decode()
