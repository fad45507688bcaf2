"""Rows into tables by COPY; columns and tables are named by the models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model
from psycopg import sql


def copy_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows of ``fields`` (names in the model), inside the caller's transaction."""
    by_name = {field.name: field.column for field in model._meta.concrete_fields}
    columns = [sql.Identifier(str(by_name[name])) for name in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(columns),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def numbers_reserve(model: type[Model], count: int) -> list[int]:
    """Numbers from a table's sequence; nobody else gets them."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, count],
        )
        return [row[0] for row in cursor.fetchall()]
