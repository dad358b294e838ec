"""motcua verify: every state that a diagram can get into, and what can go wrong in one.

A diagram beside its `procedure.json` and `forms` is verified with them: what a form lets a person enter
decides which branches are possible.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bpmn_library.packages import read_procedure
from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.errors import ProcedureError
from engine.execution.verify import KINDS, Limits, Report, verify
from engine.execution.verify.explore import MOST_SECONDS, MOST_STATES
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import add_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say("tệp BPMN", "BPMN file"))
    parser.add_argument(
        "--max-states", type=int, default=MOST_STATES, metavar="N", help=say("số trạng thái", "most states")
    )
    parser.add_argument(
        "--max-seconds", type=float, default=MOST_SECONDS, metavar="S", help=say("số giây", "most seconds")
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    limits = Limits(states=arguments.max_states, seconds=arguments.max_seconds)
    reports, refused = [], 0
    for path in arguments.files:
        try:
            found = verify(load_definition(path.read_bytes()), _procedure(path), limits=limits)
        except ProcedureError as refusal:
            if len(arguments.files) == 1:
                raise
            # Among several files one that cannot be read must not hide what is known of the others.
            print(f"{path}: {refusal.say(language())}", file=sys.stderr)
            refused += 1
        else:
            reports.append((path, found))
    if arguments.json:
        print(json.dumps(_as_json(reports, len(arguments.files)), ensure_ascii=False, indent=2))
    else:
        for path, report in reports:
            _tell(path, report)
    return FINDINGS if refused or any(report.verdict != "sound" for _, report in reports) else GOOD


def _procedure(path: Path) -> Procedure | None:
    if path.name != "process.bpmn" or not (path.parent / "procedure.json").is_file():
        return None
    return read_procedure(path.parent).procedure


def _as_json(reports: list[tuple[Path, Report]], asked: int) -> Any:
    """One file gives its report, several a list of them."""
    if asked == 1:
        return reports[0][1].as_json()
    return [{"file": str(path), **report.as_json()} for path, report in reports]


def _tell(path: Path, report: Report) -> None:
    words = {
        "sound": say("đúng đắn", "sound"),
        "unsound": say("có lỗi", "unsound"),
        "not-proven": say("chưa chứng minh được", "not proven"),
    }
    count = say(f"{report.states} trạng thái", f"{report.states} states")
    print(f"{path}: {words[report.verdict]} ({count}, {report.states_per_second}/s)")
    for one in report.problems:
        sign = "!" if one.severity == "error" else "?" if one.severity == "open" else "·"
        print(f"  {sign} {KINDS[one.kind].say(language())}: {one.message.say(language())}")
        if one.path:
            print(f"    {' → '.join(one.path)}")
    if report.limit:
        print(
            say(
                f"  ? Dừng ở giới hạn ({report.limit}); phần còn lại chưa xem.",
                f"  ? Stopped at a limit ({report.limit}); the rest was not looked at.",
            )
        )
