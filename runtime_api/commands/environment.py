"""What commands that work on an installation begin with: its settings and an engine on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from engine.runtime import Engine, open_engine
from engine.settings import Settings


@contextmanager
def installation() -> Iterator[Engine]:
    """Open the engine that the environment describes, and close it.

    Commands never serve anybody, so only what makes no sense is refused, not what would be unsafe to serve.
    """
    engine = open_engine(Settings.for_commands(os.environ))
    try:
        yield engine
    finally:
        engine.database.dispose()
