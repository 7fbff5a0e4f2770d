"""The addresses that the look needs, so that its tests need no other part of the house."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from config.components_page import components_page
from config.reading import set_furigana


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """An error page as config.pages draws it."""
    return render(request, f"errors/{name}.html")


urlpatterns = [
    path("", components_page, name="start"),
    path("components/", components_page),
    path("errors/<str:name>/", error_page),
    path("accounts/", include("config.account_urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("reading/furigana/", set_furigana, name="set_furigana"),
]
