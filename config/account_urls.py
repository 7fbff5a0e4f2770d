"""allauth's pages that we use, by name; the rest (sign-up, e-mail management) is left out."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.account.urls")), path("2fa/", include("allauth.mfa.urls"))]
