"""The ground floor has no models; it is an app for its template tags."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Named so that Django finds it."""

    name = "kernel"
