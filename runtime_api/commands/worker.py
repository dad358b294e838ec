"""motcua worker: timers and messages in a process of their own, for PostgreSQL."""

from __future__ import annotations

import argparse
import logging

from runtime_api.cli import GOOD
from runtime_api.commands.environment import installation
from runtime_api.worker_process import run_worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: DATABASE_URL says which database."""


def run(_arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # else two lines for every job
    with installation() as engine:
        run_worker(engine)
    return GOOD
