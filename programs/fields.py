"""Fields that carry the walls: the program of a row and its time-ordered id."""

from typing import Any

from django.db import models

from programs.scope import current_program_id


class TimeOrderedId(models.BigAutoField):
    """A bigint made by the database: milliseconds since 2025 in the high bits, then a counter.

    Fits 2^53 until 2094, so that it may stand in JSON as a number. Keeps growing tables flat
    (../shared/reference/performance.md).
    """

    def db_type_suffix(self, connection: Any) -> str:
        return "DEFAULT time_ordered_id()"


class ProgramField(models.ForeignKey):
    """The program of a row. programs.database reads the marks and builds keys, policy and grants.

    append_only   UPDATE, DELETE and TRUNCATE are refused
    by_functions  the application role may only read
    own_user      a column with a user: that user may read the row before a program is chosen
    """

    def __init__(
        self,
        *,
        append_only: bool = False,
        by_functions: bool = False,
        own_user: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.append_only = append_only
        self.by_functions = by_functions
        self.own_user = own_user
        for fixed in ("to", "on_delete", "related_name", "editable", "to_field", "db_index"):
            kwargs.pop(fixed, None)
        super().__init__(
            "programs.Program", models.PROTECT, related_name="+", editable=False, db_index=False, **kwargs
        )

    def deconstruct(self) -> Any:
        name, _path, _args, kwargs = super().deconstruct()
        for fixed in ("to", "on_delete", "related_name", "editable", "db_index"):
            kwargs.pop(fixed, None)
        marks = {
            "append_only": self.append_only,
            "by_functions": self.by_functions,
            "own_user": self.own_user,
        }
        kwargs.update({mark: value for mark, value in marks.items() if value})
        return name, "programs.fields.ProgramField", [], kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """A new row belongs to the program one acts in. A row of another program is refused."""
        if add and getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, current_program_id())
        return super().pre_save(model_instance, add)


def program_field(model: type[models.Model]) -> ProgramField | None:
    """The ProgramField of a model, also of a historical one in a migration; None for global models."""
    return next((f for f in model._meta.local_fields if isinstance(f, ProgramField)), None)
