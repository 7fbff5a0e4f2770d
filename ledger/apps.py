"""The floor's configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Named so that Django finds it."""

    name = "ledger"
    default_auto_field = "programs.fields.TimeOrderedId"
