"""The floor's configuration: finds the handlers and mails of upper floors at start-up, and listens for returns."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Loads every app's mails.py and notices.py, as Django's admin does with admin.py."""

    name = "outbox"
    default_auto_field = "programs.fields.TimeOrderedId"

    def ready(self) -> None:
        from outbox.mail_gateway import listen  # noqa: PLC0415 - models are not there when this file is read
        from outbox.note_return import take_in  # noqa: PLC0415

        autodiscover_modules("mails")
        autodiscover_modules("notices")
        listen(take_in)
