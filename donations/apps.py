"""The floor's configuration."""

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Named so that Django finds it."""

    name = "donations"
    default_auto_field = "programs.fields.TimeOrderedId"
