"""Rows that come into a statement from us.

A single row is written out as ``VALUES``: it costs the server and us the least, and is planned for
one row.  More come as arrays, one for each column, so that the statement is the same for any number
of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RowSource:
    """Rows of a fixed form: ``columns`` are their names and SQL types, in order.

    Parameters are called after ``name``, which no other source of the same statement may have.
    """

    name: str
    alias: str
    columns: Mapping[str, str]

    def values(self, count: int) -> str:
        """``FROM`` item of so many rows, each with parameters of its own."""
        names = ", ".join(self.columns)
        if count == 0:
            nothing = ", ".join(f"NULL::{kind}" for kind in self.columns.values())
            return f"(SELECT {nothing} WHERE false) AS {self.alias} ({names})"
        rows = ", ".join(
            "("
            + ", ".join(f"%({self.name}_{c}_{place})s::{t}" for c, t in self.columns.items())
            + ")"
            for place in range(count)
        )
        return f"(VALUES {rows}) AS {self.alias} ({names})"

    def arrays(self) -> str:
        """``FROM`` item of any number of rows, an array for each column."""
        arrays = ", ".join(f"%({self.name}_{c})s::{t}[]" for c, t in self.columns.items())
        return f"unnest({arrays}) AS {self.alias} ({', '.join(self.columns)})"

    def value_parameters(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        """What ``values`` refers to."""
        return {
            f"{self.name}_{column}_{place}": value
            for place, row in enumerate(rows)
            for column, value in zip(self.columns, row, strict=True)
        }

    def array_parameters(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        """What ``arrays`` refers to; at least one row."""
        return {
            f"{self.name}_{column}": list(values)
            for column, values in zip(self.columns, zip(*rows, strict=True), strict=True)
        }
