"""motcua check: every invariant of the database, read-only, one count each, all 0 when sound."""

from __future__ import annotations

import argparse

from engine.domain.access import SYSTEM
from engine.usecases.checks import check_everything
from runtime_api.cli import FINDINGS, GOOD
from runtime_api.commands.environment import installation
from runtime_api.commands.printing import add_json, print_json, print_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    with installation() as engine, engine.reading(SYSTEM, steady=True) as unit:
        counts = check_everything(unit)
    if arguments.json:
        print_json(counts)
    else:
        print_table(sorted(counts.items()))
    return FINDINGS if any(counts.values()) else GOOD
