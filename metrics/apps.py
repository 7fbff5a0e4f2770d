"""The floor's configuration."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Named so that Django finds it."""

    name = "metrics"
    default_auto_field = "programs.fields.TimeOrderedId"
