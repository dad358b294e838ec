"""Expressions: everything that is evaluated while a dossier runs must be FEEL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn.durations import is_literal
from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label
from engine.bpmn.lint.triggers import TIMES
from engine.bpmn.translation import to_feel
from engine.feel import Expression, FeelError, compile_feel

_EXPRESSIONS = frozenset(
    {
        "conditionExpression", "condition", "loopCondition", "loopCardinality", "completionCondition",
        "activationCondition", "transformation", "from",
    }
)  # fmt: skip

_HOLDERS = frozenset(
    {
        "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "complexBehaviorDefinition",
        "dataInputAssociation", "dataOutputAssociation", "assignment",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """An expression of the diagram: the element that holds it, what it belongs to, its text as FEEL."""

    xml: Any
    owner: Any
    text: str
    drawn: str = ""


def written(diagram: Diagram) -> Iterator[Written]:
    """Yield every expression of the processes that run, literal times left out."""
    for scope in diagram.running:
        for node in scope.nodes:
            for holder in (node.xml, *node.definitions):
                yield from _inside(holder, node.xml)
        for flow in scope.flows:
            yield from _inside(flow.xml, flow.xml)


def _inside(holder: Any, owner: Any) -> Iterator[Written]:
    for child in bpmn_children(holder):
        kind, text = local_name(child), text_of(child)
        if kind in _EXPRESSIONS or (kind in TIMES and not is_literal(text)):
            if text:
                yield Written(child, owner, to_feel(text), text)
        elif kind in _HOLDERS:
            yield from _inside(child, owner)


def compiled(text: str) -> Expression | None:
    """Return the expression, or None when it is not FEEL."""
    try:
        return compile_feel(text)
    except FeelError:
        return None


def check_expressions(diagram: Diagram, report: Report) -> None:
    """Report texts that are not FEEL, with the position and a hint where they come from another tool."""
    for one in written(diagram):
        language = (one.xml.get("language") or "").strip()
        if language and "feel" not in language.lower():
            report.warning(
                "expression-language",
                one.owner,
                f"có biểu thức ghi ngôn ngữ “{language[:60]}”; ở đây mọi biểu thức được đọc bằng FEEL.",
                f"has an expression in “{language[:60]}”; every expression is read as FEEL here.",
                at=one.xml,
            )
        if one.drawn and one.drawn != one.text:
            report.warning(
                "expression-foreign",
                one.owner,
                f"có biểu thức của công cụ khác, “{one.drawn[:80]}”; được đọc là “{one.text[:80]}”.",
                f"has an expression of another tool, “{one.drawn[:80]}”; it is read as “{one.text[:80]}”.",
                at=one.xml,
            )
        try:
            for name in sorted(compile_feel(one.text).called):
                report.error(
                    "function-unknown",
                    one.owner,
                    f"gọi “{name}(…)” trong “{one.text[:80]}”, nhưng FEEL không có hàm đó.",
                    f"calls “{name}(…)” in “{one.text[:80]}”, but FEEL has no such function.",
                    at=one.xml,
                )
        except FeelError as error:
            vi, en = _hint(one.text)
            word = label_of(one.xml)
            report.error(
                "expression",
                one.owner,
                f"có {word[0]} “{one.text[:80]}” chưa đúng. {error.say('vi')}{vi}",
                f"has a wrong {word[1]} “{one.text[:80]}”. {error.say('en')}{en}",
                at=one.xml,
            )


def label_of(xml: Any) -> tuple[str, str]:
    """Return the word for the kind of expression, without its own name."""
    said = label(xml)
    return said.vi.split(" “")[0], said.en.split(" “")[0].removeprefix("the ")


def _hint(text: str) -> tuple[str, str]:
    if text.startswith(("${", "#{")):
        return " Hãy bỏ ${ và }.", " Leave out ${ and }."
    if "==" in text or "&&" in text or "||" in text or "'" in text:
        return (
            ' FEEL viết = thay cho ==, and thay cho &&, or thay cho ||, và chuỗi trong dấu ".',
            ' FEEL writes = for ==, and for &&, or for ||, and strings in ".',
        )
    return "", ""
