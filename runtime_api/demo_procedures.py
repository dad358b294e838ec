"""The procedures of the demo province: the shipped set, imported and published by the people who do that."""

from __future__ import annotations

from engine.runtime import Engine


def publish_procedures(engine: Engine) -> None:
    """Import the shipped set and publish what the province works with."""
