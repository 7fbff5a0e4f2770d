"""The floor's configuration: finds the handlers of upper floors at start-up."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Loads every app's notices.py, as Django's admin does with admin.py."""

    name = "outbox"
    default_auto_field = "programs.fields.TimeOrderedId"

    def ready(self) -> None:
        autodiscover_modules("notices")
