"""The floor's configuration."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Named so that Django finds it."""

    name = "partners"
    default_auto_field = "programs.fields.TimeOrderedId"
