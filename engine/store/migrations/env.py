"""Runs migrations on the connection that `engine.store.schema` hands over."""

from __future__ import annotations

from alembic import context

from engine.store import (  # noqa: F401 - their tables belong to the schema
    counter_rows,
    duty_rows,
    list_rows,
    message_rows,
    notification_rows,
)
from engine.store.rows import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
