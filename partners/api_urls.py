"""Addresses of the API, all below /<program>/api/v1/."""

from django.urls import path

from partners import api

urlpatterns = [
    path("redemptions", api.redemptions, name="api-redemptions"),
    path("checks", api.checks, name="api-checks"),
    path("devices", api.devices, name="api-devices"),
]
