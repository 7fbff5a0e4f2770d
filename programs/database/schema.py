"""The schema editor that builds the walls, so that no migration can forget them.

For a model with a ProgramField: UNIQUE (program_id, id), composite foreign keys to other scoped
tables, program-first indexes, forced row security with its policy, and for append-only tables the
trigger and the revoked grants. Frozen behind programs/walls.py, which reads the catalogue.
"""

from typing import Any

from django.db.backends.ddl_references import Columns
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgresSchemaEditor
from django.db.models import ForeignKey, Model

from programs.fields import ProgramField, program_field

APP, DEFINER = "sc_app", "sc_definer"
WALLED = "sc_app, sc_definer, sc_report"  # roles without a policy see nothing; the owner is not held


class DatabaseSchemaEditor(PostgresSchemaEditor):
    """See the module."""

    sql_create_column_inline_fk = None  # type: ignore[assignment]  # always by _create_fk_sql, which makes the key composite

    def create_model(self, model: type[Model]) -> None:
        super().create_model(model)
        mark = program_field(model)
        if mark is None:
            return
        table = model._meta.db_table
        key = "PRIMARY KEY" if mark.append_only else "UNIQUE"
        self.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table[:50]}_in_program" {key} (program_id, id)')
        self._build_wall(table, mark)
        self._grant(table, mark)

    def _build_wall(self, table: str, mark: ProgramField) -> None:
        self.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        self.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        if mark.own_user:
            # Two permissive policies are ORed and the strict one raises, so one mild policy reads
            # and the strict one writes.
            self.execute(
                f'CREATE POLICY program_wall_read ON "{table}" FOR SELECT TO {WALLED} USING ('
                "program_id = nullif(current_setting('app.program', true), '')::bigint OR "
                f"\"{mark.own_user}\" = nullif(current_setting('app.user', true), '')::bigint)"
            )
            for act, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING"), ("DELETE", "USING")):
                self.execute(
                    f'CREATE POLICY program_wall_{act.lower()} ON "{table}" FOR {act} TO {WALLED} '
                    f"{clause} (program_id = (SELECT current_program()))"
                )
        else:
            self.execute(
                f'CREATE POLICY program_wall ON "{table}" TO {WALLED} '
                "USING (program_id = (SELECT current_program()))"
            )

    def _grant(self, table: str, mark: ProgramField) -> None:
        if mark.append_only:
            self.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP}')
            self.execute(
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            self.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER append_only')
        if mark.by_functions:
            self.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP}')
            acts = "SELECT, INSERT" if mark.append_only else "SELECT, INSERT, UPDATE"
            self.execute(f'GRANT {acts} ON "{table}" TO {DEFINER}')

    def column_sql(self, model: type[Model], field: Any, include_default: bool = False) -> Any:
        definition, params = super().column_sql(model, field, include_default)
        mark = program_field(model)
        if definition and mark and mark.append_only and field.primary_key:
            definition = definition.replace(" PRIMARY KEY", "")
        return definition, params

    def _is_composite(self, model: type[Model], field: Any) -> bool:
        return (
            isinstance(field, ForeignKey)
            and not isinstance(field, ProgramField)
            and program_field(model) is not None
            and program_field(field.remote_field.model) is not None
        )

    def _create_fk_sql(self, model: type[Model], field: Any, suffix: str) -> Any:
        statement = super()._create_fk_sql(model, field, suffix)  # type: ignore[misc]
        if self._is_composite(model, field):
            target = field.target_field
            statement.parts["column"] = Columns(
                model._meta.db_table, ["program_id", field.column], self.quote_name
            )
            statement.parts["to_column"] = Columns(
                target.model._meta.db_table, ["program_id", target.column], self.quote_name
            )
        return statement

    def _create_index_sql(self, model: type[Model], *, fields: Any = None, **kwargs: Any) -> Any:
        mark = program_field(model)
        if mark and fields and fields[0].name != mark.name:
            fields = [mark, *fields]
            for aligned in ("col_suffixes", "opclasses"):
                if kwargs.get(aligned):
                    kwargs[aligned] = ["", *kwargs[aligned]]
        return super()._create_index_sql(model, fields=fields, **kwargs)  # type: ignore[misc]

    def _field_indexes_sql(self, model: type[Model], field: Any) -> list[Any]:
        if isinstance(field, ProgramField):
            return []
        return super()._field_indexes_sql(model, field)  # type: ignore[misc, no-any-return]
