"""motcua feel: evaluate one expression; the result is JSON, numbers exact, times as their FEEL strings."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from engine.domain.calendar import ZONE
from engine.feel import FeelError, evaluate, to_json
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import add_json
from runtime_api.commands.reading import read_object


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("expression", metavar="EXPRESSION")
    parser.add_argument(
        "--data", default="{}", metavar="JSON", help=say("các giá trị", "the values of names")
    )
    add_json(parser)  # the answer is JSON in any case


def run(arguments: argparse.Namespace) -> int:
    try:
        now = datetime.now(ZONE)
        data = read_object(arguments.data, "--data")
        value = evaluate(arguments.expression, {"now": now, "today": now.date(), **data})
    except FeelError as error:
        print(error.say(language()), file=sys.stderr)
        return FINDINGS
    print(to_json(value))
    return GOOD
