"""motcua run: execute a diagram without a database; a JSON line for everything that happens."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.lint import refuse_faults
from engine.execution.runner import MOST_STEPS, run_file
from engine.settings import EXECUTORS
from runtime_api.cli import FINDINGS, GOOD, say
from runtime_api.commands.printing import add_json
from runtime_api.commands.reading import moment, read_object

MOST_DECISION_FILES = 100
GOOD_OUTCOMES = ("completed", "terminated", "waiting")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=say("tệp BPMN", "BPMN file"))
    parser.add_argument("--process", default="", metavar="ID", help=say("quy trình", "which process"))
    parser.add_argument(
        "--data", default="{}", metavar="JSON", help=say("dữ liệu ban đầu", "first variables")
    )
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help=say("trả lời, mỗi dòng một JSON", "JSON lines")
    )
    parser.add_argument(
        "--clock", type=moment, metavar="ISO", help=say("đồng hồ lúc đầu", "where the clock begins")
    )
    parser.add_argument("--max-steps", type=int, default=MOST_STEPS, metavar="N")
    parser.add_argument(
        "--pass-scripts", action="store_true", help=say("bỏ qua script", "scripts complete unrun")
    )
    parser.add_argument(
        "--decisions",
        type=Path,
        metavar="PATH",
        help=say("tệp hoặc thư mục DMN; mặc định là cạnh sơ đồ", "DMN file or folder; beside the diagram"),
    )
    parser.add_argument("--executor", choices=EXECUTORS, default=EXECUTORS[0])
    add_json(parser)  # the answer is JSON in any case


def run(arguments: argparse.Namespace) -> int:
    xml = arguments.file.read_bytes()
    _warn(load_definition(xml, pass_scripts=arguments.pass_scripts))
    refuse_faults(xml)
    lines = run_file(
        xml,
        process_id=arguments.process,
        data=read_object(arguments.data, "--data"),
        answers=_answers(arguments.answers),
        clock=arguments.clock,
        max_steps=arguments.max_steps,
        pass_scripts=arguments.pass_scripts,
        executor=arguments.executor,
        decisions=_decisions(arguments.decisions or arguments.file.parent),
    )
    outcome = ""
    for line in lines:
        print(json.dumps(line, ensure_ascii=False), flush=True)
        outcome = line.get("outcome", outcome)
    return GOOD if outcome in GOOD_OUTCOMES else FINDINGS


def _warn(definition: Definition) -> None:
    for location in definition.model.imported:
        vi = f"cảnh báo: không tải tệp nhập vào “{location}”; không bước nào cần đến nó."
        en = f"warning: the imported file “{location}” is not fetched; no step needs it."
        print(say(vi, en), file=sys.stderr)


def _decisions(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(place.glob("*.dmn"))[:MOST_DECISION_FILES]
    return {path.name: path.read_bytes() for path in files}


def _answers(path: Path | None) -> Iterator[dict[str, Any]]:
    if path is None:
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield read_object(line, f"{path}:{number}")
