"""motcua lint --repair: repairs of drawings, each explained; the files that are given are never changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.bpmn.repair import Repaired, repair
from engine.errors import Invalid
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import print_json


class BadAnswer(Invalid):
    """An answer does not say to which repair it belongs."""

    code = "bad_repair_answer"
    vi = "“{given}”: cần dạng MÃ=TRẢ_LỜI, mã là của một cách sửa đã liệt kê."
    en = "“{given}”: expected ID=TEXT, the id being that of a repair that is listed."


class WouldOverwrite(Invalid):
    """The mended drawing would take the place of the one that was drawn."""

    code = "would_overwrite"
    vi = "Không ghi đè “{file}”: bản vẽ gốc được giữ nguyên; hãy chọn tệp hoặc thư mục khác cho --out."
    en = "“{file}” is not overwritten: the drawing is kept as it is; name another file or folder for --out."


def run(arguments: argparse.Namespace) -> int:
    answers = dict(_answer(one) for one in arguments.answer)
    files: list[Path] = arguments.files
    targets = [_target(path, arguments.out, len(files)) for path in files]
    found = [(path, repair(path.read_bytes(), without=arguments.without, answers=answers)) for path in files]
    for (_, repaired), target in zip(found, targets, strict=True):
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(repaired.xml)
    if arguments.json:
        print_json([_as_json(path, one) for path, one in found])
    else:
        for path, one in found:
            _tell(path, one)
    return GOOD if all(one.runs for _, one in found) else FINDINGS


def _answer(text: str) -> tuple[str, str]:
    key, equals, answer = text.partition("=")
    if not equals or ":" not in key:
        raise BadAnswer("ID=TEXT", text, given=text)
    return key, answer


def _target(path: Path, out: Path | None, files: int) -> Path | None:
    if out is None:
        return None
    target = out / path.name if files > 1 or out.is_dir() else out
    if target.resolve() == path.resolve():
        raise WouldOverwrite("another file", str(target), file=str(target))
    return target


def _tell(path: Path, repaired: Repaired) -> None:
    spoken = language()
    for one in repaired.done:
        print(f"{path}: {one.id} {one.text.say(spoken)}")
        if one.question:
            print(f"    ? {one.question.say(spoken)}")
    for finding in repaired.left:
        print(f"{path}: {say('cần người quyết định', 'for a person to decide')} [{finding.element}] "
              f"{finding.message.say(spoken)}")  # fmt: skip
    if repaired.runs:
        asked = sum(1 for one in repaired.done if one.question)
        print(
            say(
                f"{path}: chạy được sau {len(repaired.done)} chỗ sửa, {asked} chỗ cần xác nhận.",
                f"{path}: runs after {len(repaired.done)} repairs, {asked} of them to be confirmed.",
            )
        )


def _as_json(path: Path, repaired: Repaired) -> dict[str, Any]:
    return {
        "file": str(path),
        "runs": repaired.runs,
        "repairs": [
            {
                "id": one.id,
                "rule": one.rule,
                "element": one.element,
                "text": one.text.as_json(),
                "question": one.question.as_json() if one.question else None,
            }
            for one in repaired.done
        ],
        "left": [one.as_json() for one in repaired.left],
    }
