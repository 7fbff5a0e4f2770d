"""System checks: what a scoped model may not declare, said in words."""

from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models

from programs.fields import program_field


def _is_program_first(constraint: models.BaseConstraint) -> bool:
    if not isinstance(constraint, models.UniqueConstraint):
        return True
    return constraint.fields[:1] == ("program",)


def _complaints(model: type[models.Model]) -> list[str]:
    scoped = program_field(model) is not None
    said = []
    for field in model._meta.local_fields:
        points_to_scoped = field.remote_field and program_field(field.remote_field.model) is not None
        if not scoped and points_to_scoped:
            said.append(f"{field.name}: a global table may not point to a program's row")
        if scoped and field.unique and not field.primary_key:
            said.append(
                f"{field.name}: unique=True looks across programs; use UniqueConstraint(program, ...)"
            )
        if scoped and getattr(field, "db_index", False) and not field.remote_field and not field.primary_key:
            said.append(
                f"{field.name}: db_index=True; use Meta.indexes, which the editor makes program-first"
            )
    if scoped:
        for many in model._meta.local_many_to_many:
            if many.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
                said.append(f"{many.name}: name the joining model, so that it has a program too")
        for constraint in model._meta.constraints:
            if not _is_program_first(constraint):
                said.append(f"{constraint.name}: UniqueConstraint(fields=['program', ...]), program first")
    return said


@checks.register(checks.Tags.models)
def scoped_models_keep_the_walls(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """programs.E001 for each broken rule."""
    ours = [m for m in apps.get_models() if m.__module__.split(".")[0] not in ("django", "allauth")]
    return [
        checks.Error(said, obj=model, id="programs.E001") for model in ours for said in _complaints(model)
    ]
