"""The floor's configuration."""

from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    """Named so that Django finds it."""

    name = "families"
    default_auto_field = "programs.fields.TimeOrderedId"
