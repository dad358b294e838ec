"""motcua upgrade: bring the schema of the database to this version."""

from __future__ import annotations

import argparse

from engine.store import schema
from runtime_api.cli import GOOD, say
from runtime_api.commands.environment import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: DATABASE_URL says which database."""


def run(_arguments: argparse.Namespace) -> int:
    with installation() as engine:
        before = schema.current(engine.database) or "—"
        schema.upgrade(engine.database)
        after = schema.current(engine.database)
    print(say(f"Lược đồ: {before} → {after}.", f"Schema: {before} → {after}."))
    return GOOD
