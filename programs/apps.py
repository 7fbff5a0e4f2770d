"""The floor of tenants."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registers the checks that keep the walls."""

    name = "programs"
    default_auto_field = "programs.fields.TimeOrderedId"

    def ready(self) -> None:
        import programs.checks  # noqa: F401, PLC0415 - registers itself, once models exist
