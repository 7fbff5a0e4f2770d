"""The floor's configuration."""

from django.apps import AppConfig


class CollectiveConfig(AppConfig):
    """Named so that Django finds it."""

    name = "collective"
    default_auto_field = "programs.fields.TimeOrderedId"
