"""The local calendar day of a stored moment, in SQL of both databases.

"On time" is a matter of days in Vietnam, not of hours in UTC, and must be counted where the rows are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class local_day(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function that it is
    """`local_day(column)`: the day in Asia/Ho_Chi_Minh, which is UTC+7 all year."""

    type = Date()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _sqlite(element: local_day, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+7 hours')"


@compiles(local_day)
def _postgresql(element: local_day, compiler: Any, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
