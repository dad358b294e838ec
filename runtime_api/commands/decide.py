"""motcua decide: evaluate a decision of a DMN file; the result as JSON, why something is null on stderr."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import datetime
from pathlib import Path

from engine.domain.calendar import ZONE
from engine.execution.dmn import load_decisions
from engine.feel import FeelError, to_json
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import add_json
from runtime_api.commands.reading import moment, read_object

MOST_BESIDE = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=say("tệp DMN", "DMN file"))
    parser.add_argument(
        "--decision",
        default="",
        metavar="ID",
        help=say("mã hoặc tên quyết định", "id or name of the decision"),
    )
    parser.add_argument(
        "--data",
        default="{}",
        metavar="JSON",
        help=say("dữ liệu vào theo tên", "values of the inputs by name"),
    )
    parser.add_argument("--clock", type=moment, metavar="ISO", help=say("bây giờ là lúc", "what now() gives"))
    add_json(parser)  # the answer is JSON in any case


def run(arguments: argparse.Namespace) -> int:
    data = read_object(arguments.data, "--data")
    decisions = load_decisions(
        arguments.file.read_bytes(), lambda namespace: beside(arguments.file, namespace)
    )
    try:
        answer = decisions.decide(
            arguments.decision, data, now=arguments.clock or datetime.now(ZONE), from_json=True
        )
    except FeelError as error:
        print(error.say(language()), file=sys.stderr)
        return FINDINGS
    for note in answer.notes:
        print(note.say(language()), file=sys.stderr)
    print(f'{{"result": {to_json(answer.result)}}}')
    return GOOD


def beside(file: Path, namespace: str) -> bytes | None:
    """Return the DMN file of a namespace that lies in the same folder."""
    wanted = re.compile(rb"\snamespace\s*=\s*[\"']" + re.escape(namespace.encode()) + rb"[\"']")
    for path in sorted(file.parent.glob("*.dmn"))[:MOST_BESIDE]:
        if path == file:
            continue
        xml = path.read_bytes()
        if any(b"definitions" in one and wanted.search(one) for one in re.findall(rb"<[^>]*>", xml[:20_000])):
            return xml
    return None
