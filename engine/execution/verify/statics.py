"""What can be said of a diagram without walking it: results, people, time and messages.

Only what a dossier can get to is asked for: the exploration comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.bpmn.definitions import Definition
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.longest import longest_way
from engine.bpmn.lint.procedure import hours
from engine.bpmn.model import CallActivity, Model, ReceiveTask, SendTask, StartEvent
from engine.bpmn.steps import RESULTS, StepSpec
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.execution.verify.answers import is_main
from engine.execution.verify.problems import Findings
from engine.execution.verify.report import ERROR, WARNING, Problem
from engine.execution.verify.timing import When, longest_time

_RESULT_WORDS = {
    "granted": Text("cấp kết quả", "granted"),
    "refused": Text("từ chối", "refused"),
}


def outcomes(
    definition: Definition, procedure: Procedure | None, found: Sequence[Findings]
) -> Iterator[Problem]:
    """Results that a dossier should be able to have, and cannot."""
    declared: dict[str, list[StepSpec]] = {}
    for step in definition.steps.values():
        if step.result and step.id in definition.model.nodes:
            declared.setdefault(step.result, []).append(step)
    if not declared and procedure is None:
        return
    finished = {one for each in found for one in each.space.finished}
    complete = all(each.space.complete for each in found)
    for result in RESULTS if declared else ():
        steps = declared.get(result, [])
        word = _RESULT_WORDS[result]
        reached = any(node == step.id and is_main(step, code) for step in steps for node, code in finished)
        if reached or not complete:
            continue
        if steps:
            message = Text(
                f"Không hồ sơ nào tới được kết quả “{word.vi}”: bước cho kết quả đó không bao giờ xong.",
                f"No dossier can be {word.en}: the step that says so is never completed.",
            )
        else:
            message = Text(
                f"Không bước nào cho kết quả “{word.vi}” (mc:result); hãy xem có cố ý như vậy không.",
                f"No step makes a dossier {word.en} (mc:result); see whether that is meant.",
            )
        yield Problem(
            kind="outcome-unreachable",
            severity=ERROR if steps else WARNING,
            elements=tuple(step.id for step in steps),
            message=message,
        )
    if not any(each.space.waited for each in found):
        for vi, en in (("rút hồ sơ", "withdrawn"), ("dừng giải quyết", "stopped")):
            yield Problem(
                kind="outcome-unreachable",
                message=Text(
                    f"Không lúc nào có thể {vi}: quy trình chạy hết mà không chờ ai.",
                    f"A dossier can never be {en}: the procedure runs through without waiting for anybody.",
                ),
            )


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Units where nobody holds the role of a step; `everywhere`: there is no other unit that it may go to."""

    units: tuple[str, ...]
    everywhere: bool = False


def vacancies(
    definition: Definition, vacant: Mapping[str, Vacancy], found: Sequence[Findings]
) -> Iterator[Problem]:
    """Steps that would wait on a desk where nobody sits."""
    entered = {node for each in found for node in each.space.entered}
    for node, vacancy in vacant.items():
        if node in entered:
            step, units = definition.steps[node], vacancy.units
            name = found[0].name(node)
            shown = ", ".join(units[:3]) + (f" (+{len(units) - 3})" if len(units) > 3 else "")
            yield Problem(
                kind="role-vacant",
                severity=ERROR if vacancy.everywhere else WARNING,
                elements=(node,),
                message=Text(
                    f"{name.vi} giao cho vai trò {step.role}, nhưng chưa ai giữ vai trò đó tại: {shown}.",
                    f"{name.say('en')} goes to the role {step.role}, which nobody holds at: {shown}.",
                ),
            )


def time(definition: Definition, procedure: Procedure | None, found: Sequence[Findings]) -> Iterator[Problem]:
    """Hours on the longest way that a dossier can go, against the limit of the law."""
    if procedure is None or procedure.limit.hours is None:
        return
    limit = int(procedure.limit.hours * 60)
    for total, ids in _times(definition, found):
        if total > limit:
            told = " → ".join(found[0].name(one).vi for one in ids[:20])
            yield Problem(
                kind="time-over-limit",
                elements=ids,
                path=ids,
                message=Text(
                    f"Đường dài nhất cần {hours(total)} giờ làm việc, quá thời hạn {hours(limit)} giờ (nhánh "
                    f"song song tính nhánh lâu nhất, mỗi vòng lặp tính một lần): {told}.",
                    f"The longest way takes {hours(total)} working hours, over the limit of {hours(limit)} "
                    f"(of parallel branches the longest, each loop once): {told}.",
                ),
            )


def _times(definition: Definition, found: Sequence[Findings]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield how long each process can take and the steps that make it so: along the ways that were explored,
    or, where those are too many or not all were looked at, along the longest way of the drawing."""
    entered = {node for each in found for node in each.space.entered}
    known: dict[str, When] = {}
    for each in found:
        when = None
        if each.space.complete and not each.space.cut:
            when = longest_time(
                each.explorer,
                lambda node: _minutes(definition, node, entered),
                lambda node: _is_ours(definition, node),
            )
        if when is not None:
            known[each.space.process] = when
            yield when.at, when.way
    diagram = Diagram(parse_xml(definition.xml))
    called = {one.called for one in definition.model.nodes.values() if isinstance(one, CallActivity)}
    for process in diagram.running:
        if process.node is None and process.xml.get("id") not in known.keys() | called:
            total, way = longest_way(diagram, process, lambda node: _minutes(definition, node.id, entered))
            yield total, tuple(node.id for node in way)


def _is_ours(definition: Definition, node: str) -> bool:
    step = definition.steps.get(node)
    return step is None or not (step.own_clock or step.kind == "wait_citizen")


def _minutes(definition: Definition, node: str, entered: set[str]) -> int:
    step = definition.steps.get(node)
    if step is None or node not in entered or step.own_clock or step.kind == "wait_citizen":
        return 0
    return step.minutes or 0


def messages(definition: Definition, found: Sequence[Findings]) -> Iterator[Problem]:
    """Messages without the other end. In a file with message flows or several pools that is an error;
    elsewhere the other end may be another system, which is only told."""
    model = definition.model
    filled = [one for one in model.processes if model.scopes[one].nodes]
    severity = ERROR if model.message_flows or len(filled) > 1 else WARNING
    thrown, caught, started = _ends(model)
    out, into = ({pair[at] for pair in model.message_flows} for at in (0, 1))
    entered = {node for each in found for node in each.space.entered}
    received, sent = {name for name, _ in (*caught, *started)}, {name for name, _ in thrown}
    for name, node in thrown:
        if name not in received and node not in out and node in entered:
            where = found[0].name(node)
            yield Problem(
                kind="message-unreceived",
                severity=severity,
                elements=(node,),
                message=Text(
                    f"{where.vi} gửi thông điệp “{name}”, nhưng không chỗ nào nhận.",
                    f"{where.say('en')} sends the message “{name}”, which nobody receives.",
                ),
            )
    for name, node in caught:
        if name not in sent and node not in into:
            where = found[0].name(node)
            yield Problem(
                kind="message-unsent",
                severity=severity,
                elements=(node,),
                message=Text(
                    f"{where.vi} chờ thông điệp “{name}”, nhưng không chỗ nào trong sơ đồ gửi.",
                    f"{where.say('en')} waits for the message “{name}”, which nothing in the diagram sends.",
                ),
            )


def _ends(model: Model) -> tuple[list[tuple[str, str]], ...]:
    thrown, caught, started = [], [], []
    for node in model.nodes.values():
        if isinstance(node, SendTask):
            thrown.append((node.message, node.id))
        elif isinstance(node, ReceiveTask):
            (started if node.instantiate else caught).append((node.definition.ref, node.id))
        for one in getattr(node, "definitions", ()):
            if one.kind != "message":
                continue
            if node.kind in ("endEvent", "intermediateThrowEvent"):
                thrown.append((one.ref, node.id))
            elif isinstance(node, StartEvent) and node.scope in model.processes:
                started.append((one.ref, node.id))
            else:
                caught.append((one.ref, node.id))
    return tuple([one for one in each if one[0]] for each in (thrown, caught, started))
