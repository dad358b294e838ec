"""motcua lint: what the engine would not execute as drawn, and what a reader would stumble over.

Of a DMN file: what cannot be read, and tables with holes or contradictions. With `--repair`: what would be
mended, one repair a line, and what only a person can decide; `--out` writes the mended drawing.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

from engine.bpmn.lint import Finding
from engine.bpmn.lint.catalogue import LAW_WORDS
from engine.bpmn.xml import MOST_BYTES
from engine.execution.dmn.lint import lint_decisions
from engine.execution.executors import EXECUTORS, lint_for
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands import repairs
from runtime_api.commands.decide import beside
from runtime_api.commands.printing import add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help=say("tệp BPMN, DMN", "BPMN or DMN")
    )
    parser.add_argument(
        "--executor",
        choices=EXECUTORS,
        default=None,
        help=say("bộ chạy của hồ sơ (MOTCUA_EXECUTOR)", "what dossiers run on (MOTCUA_EXECUTOR)"),
    )
    parser.add_argument(
        "--repair",
        action="store_true",
        help=say("đề nghị cách sửa để chạy được", "propose repairs until it runs"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help=say("ghi bản đã sửa (tệp, hoặc thư mục)", "write to a file or folder"),
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="ID",
        help=say("không sửa chỗ này", "leave this repair out"),
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="ID=TEXT",
        help=say("trả lời câu hỏi", "answer its question"),
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.repair:
        return repairs.run(arguments)
    executor = arguments.executor or os.environ.get("MOTCUA_EXECUTOR") or EXECUTORS[0]
    findings = [(path, finding) for path in arguments.files for finding in _lint(path, executor)]
    if arguments.json:
        print_json([_as_json(path, finding) for path, finding in findings])
    else:
        for path, finding in findings:
            line = f":{finding.line}" if finding.line else ""
            law = f"{LAW_WORDS[finding.law].say(language())} {finding.clause}".strip()
            print(f"{path}{line}: {finding.severity} {finding.rule} ({law}) [{finding.element}] "
                  f"{finding.message.say(language())}")  # fmt: skip
    return FINDINGS if any(finding.severity == "error" for _, finding in findings) else GOOD


def _lint(path: Path, executor: str) -> list[Finding]:
    xml = path.read_bytes()
    if path.suffix == ".dmn":
        return lint_decisions(xml, lambda namespace: beside(path, namespace))
    return lint_for(executor, xml, partial(_beside, path.parent))


def _beside(folder: Path, location: str) -> bytes | None:
    """Read an imported diagram in the folder of the one that imports it, as much as may be read."""
    try:
        with (folder / location).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        return None


def _as_json(path: Path, finding: Finding) -> dict[str, object]:
    return {
        "file": str(path),
        "rule": finding.rule,
        "severity": finding.severity,
        "law": finding.law,
        "clause": finding.clause,
        "element": finding.element,
        "message": {"vi": finding.message.say("vi"), "en": finding.message.say("en")},
        "line": finding.line,
    }
