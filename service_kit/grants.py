"""What the runtime role may do, applied after every migration.

The owner role migrates; the runtime role serves.  It may read and insert everywhere, and update or
delete only where a table is not append-only.  Running after ``migrate`` (not inside one migration)
keeps the rule true for tables added later and for test databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate
from psycopg import sql


def apply_grants(
    *,
    using: str,
    runtime_role: str,
    tables: Iterable[str],
    append_only: Iterable[str],
    updatable_columns: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Grant ``runtime_role`` its rights; ``append_only`` tables get no UPDATE or DELETE.

    ``updatable_columns`` (table → columns) opens single columns of an append-only table to UPDATE.
    Does nothing when the role does not exist (a hosted database with a single role).
    """
    frozen = set(append_only)
    columns_of = updatable_columns or {}
    role = sql.Identifier(runtime_role)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [runtime_role])
        if cursor.fetchone() is None:
            return
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role).as_string())
        cursor.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}")
            .format(role)
            .as_string()
        )
        # Readiness compares what is applied with what the code holds.
        cursor.execute(
            sql.SQL("GRANT SELECT ON {} TO {}")
            .format(sql.Identifier(MigrationRecorder.Migration._meta.db_table), role)
            .as_string()
        )
        for table in tables:
            rights = "SELECT, INSERT" if table in frozen else "SELECT, INSERT, UPDATE, DELETE"
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, role).as_string())
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), name, role).as_string()
            )
            if columns := columns_of.get(table):
                names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
                cursor.execute(
                    sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(names, name, role).as_string()
                )


def connect_grants(
    app_config: AppConfig,
    *,
    runtime_role: str,
    append_only: Iterable[str] = (),
    updatable_columns: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Apply the grants of an app's tables whenever it was migrated; call it in ``ready()``."""
    frozen = tuple(append_only)

    def receiver(sender: AppConfig, using: str, **kwargs: Any) -> None:
        with connections[using].cursor() as cursor:
            present = set(connections[using].introspection.table_names(cursor))
        # After migrating backwards, or only up to an early migration, some models have no table.
        tables = [
            model._meta.db_table
            for model in sender.get_models(include_auto_created=True)
            if not model._meta.proxy and model._meta.db_table in present
        ]
        apply_grants(
            using=using,
            runtime_role=runtime_role,
            tables=tables,
            append_only=frozen,
            updatable_columns=updatable_columns,
        )

    post_migrate.connect(
        receiver, sender=app_config, weak=False, dispatch_uid=f"grants-{app_config.label}"
    )
