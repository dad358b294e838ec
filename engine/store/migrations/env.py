"""Runs migrations on the connection that `engine.store.schema` hands over."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from alembic import context

from engine import store
from engine.store.rows import Base

for module in pkgutil.iter_modules(store.__path__):
    if module.name.endswith("_rows"):  # their tables belong to the schema
        import_module(f"engine.store.{module.name}")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
