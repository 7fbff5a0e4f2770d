"""The floor's configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Named so that Django finds it."""

    name = "audit"
    default_auto_field = "programs.fields.TimeOrderedId"
