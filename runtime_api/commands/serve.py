"""motcua serve: the web pages, with the worker beside them on SQLite."""

from __future__ import annotations

import argparse
import os

from engine.settings import Settings
from runtime_api.cli import GOOD
from runtime_api.serve import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: the environment says everything, see docs/reference/settings.md."""


def run(_arguments: argparse.Namespace) -> int:
    serve(Settings.from_env(os.environ))
    return GOOD
