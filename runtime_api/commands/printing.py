"""How commands print: JSON on request, else lines for people."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a command the option `--json`."""
    parser.add_argument("--json", action="store_true", help="JSON → stdout")


def print_json(value: Any) -> None:
    """Print one JSON document on one line; decimals stay exact."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(rows: Iterable[Sequence[object]]) -> None:
    """Print rows with their columns under one another."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)] if lines else []
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
