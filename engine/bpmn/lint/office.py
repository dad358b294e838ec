"""Rules of the office: who does a step and how long it takes, what its buttons lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.extensions import MC, Scan, local_of, scan_steps
from engine.bpmn.lint.diagram import Diagram, Flow, Node, is_true, plain
from engine.bpmn.lint.exchanges import sends
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label, listed
from engine.bpmn.steps import StepSpec
from engine.domain.names import PUBLIC_NAMES, is_free
from engine.feel import FeelError, compile_feel
from engine.feel.templates import names_in

# Steps that a person does; the others go on by themselves.
PERSONAL = frozenset({"task", "userTask", "manualTask"})
_PERSONAL_ONLY = ("kind", "role", "unit", "hours", "form", "decision", "register")


def check_office(diagram: Diagram, report: Report) -> None:
    """Report what the office's part of the diagram lacks or contradicts."""
    scan = scan_steps(diagram.root)
    _report_problems(diagram, scan, report)
    is_office = _is_office(diagram)
    for scope in diagram.running:
        for node in scope.nodes:
            step = scan.steps.get(node.id)
            if step is None:
                continue
            if node.kind in PERSONAL or node.xml.get(f"{{{MC}}}begin") == "chosen":
                _check_person(node, step, is_office, report)
                _check_outcomes(diagram, node, step, report)
                _check_texts(node, step, report)
            else:
                _check_unused(node, report)
            if node.kind == "businessRuleTask":
                _check_rule(node, is_office, report)
    if is_office:
        _check_host(diagram, report)
    _check_codes(diagram, scan, report)
    _check_supplements(diagram, scan, report)


def _is_office(diagram: Diagram) -> bool:
    """Whether the diagram uses the namespace; a drawing from elsewhere is only advised, not blamed."""
    return diagram.of_the_office


def _check_host(diagram: Diagram, report: Report) -> None:
    """What `motcua run` executes but a dossier cannot: it would be silently left out there."""
    for scope in diagram.running:
        for node in scope.nodes:
            together = node.kind == "startEvent" and is_true(node.xml, "parallelMultiple")
            if together and len(node.definitions) > 1 and scope.node is None:
                report.error(
                    "not-in-dossiers",
                    node,
                    "chỉ bắt đầu khi mọi sự kiện đã xảy ra (parallelMultiple); hồ sơ chưa làm được vậy. "
                    "Hãy dùng cổng sự kiện song song.",
                    "begins when all its events have happened (parallelMultiple), as no dossier can yet. "
                    "Use a parallel event-based gateway.",
                )


def _report_problems(diagram: Diagram, scan: Scan, report: Report) -> None:
    for problem in scan.problems:
        report.add(problem.rule, problem.element, problem.message, problem.line)


def _check_person(node: Node, step: StepSpec, is_office: bool, report: Report) -> None:
    said = report.error if is_office else report.warning
    if not step.name:
        said("step-name", node, "chưa có tên; người làm không biết phải làm gì.",
             "has no name; nobody knows what to do.")  # fmt: skip
    if not step.role:
        said("step-role", node, "chưa ghi vai trò của người làm (mc:role).",
             "does not say which role does it (mc:role).")  # fmt: skip
    if not step.unit:
        report.warning("step-unit", node, "chưa ghi đơn vị làm (mc:unit); sẽ giao cho đơn vị thụ lý.",
                       "names no unit (mc:unit); it goes to the competent one.")  # fmt: skip
    if step.unit.startswith("="):
        _check_unit_rule(node, step, report)
    if step.minutes is None and not step.own_clock and step.kind != "wait_citizen":
        report.warning("step-hours", node, "chưa ghi số giờ làm việc (mc:hours).",
                       "has no working hours (mc:hours).")  # fmt: skip


def _check_texts(node: Node, step: StepSpec, report: Report) -> None:
    """Formulas in sentences are FEEL, and those for the public speak of nothing that was answered."""
    for line in (*step.todo, step.public):
        for words in (line.vi, line.en):
            try:
                names = names_in(words)
            except FeelError as error:
                report.error("text-formula", node, f"có câu “{words}” không đọc được: {error.say('vi')}",
                             f"has a text “{words}” that cannot be read: {error.say('en')}")  # fmt: skip
                continue
            private = sorted(names - set(PUBLIC_NAMES)) if line is step.public else []
            if private:
                allowed = listed(PUBLIC_NAMES)
                report.error(
                    "text-public",
                    node,
                    f"có câu cho công dân nói đến “{private[0]}”; chỉ được nói đến {allowed}.",
                    f"has a text for the public that speaks of “{private[0]}”; it may speak of {allowed}.",
                )


def _check_unit_rule(node: Node, step: StepSpec, report: Report) -> None:
    try:
        compile_feel(step.unit_rule)
    except FeelError as error:
        report.error(
            "step-unit-rule",
            node,
            f"có quy tắc giao việc (mc:unit) không đọc được: {error.say('vi')}",
            f"has a rule for its unit (mc:unit) that cannot be read: {error.say('en')}",
        )


def _check_rule(node: Node, is_office: bool, report: Report) -> None:
    """A rule task asks a decision and keeps its result under a name that expressions can read."""
    said = report.error if is_office else report.warning
    decision, into = (node.xml.get(f"{{{MC}}}{name}", "").strip() for name in ("decide", "decideInto"))
    if not decision:
        said(
            "rule-decision",
            node,
            "không nêu quyết định nào (mc:decide) nên chỉ đi tiếp, không tính gì.",
            "names no decision (mc:decide), so that it goes on without asking any.",
        )
    elif not into.isidentifier() or not is_free(into):
        report.error(
            "rule-decision",
            node,
            "cần mc:decideInto là tên để ghi kết quả, không trùng từ dành riêng.",
            "needs mc:decideInto, a name for the result that is no reserved word.",
        )


def _check_unused(node: Node, report: Report) -> None:
    """A role on a gateway says nothing; it was meant for a step."""
    meaningless = [local_of(name) for name in node.xml.attrib if name.startswith(f"{{{MC}}}")]
    meaningless = [name for name in meaningless if name in _PERSONAL_ONLY]
    if sends(node):  # there mc:unit says whom the message is for
        meaningless = [name for name in meaningless if name != "unit"]
    if meaningless:
        names = ", ".join(f"mc:{name}" for name in meaningless)
        report.warning(
            "step-unused",
            node,
            f"có {names}, nhưng không ai làm bước này nên không được dùng.",
            f"has {names}, but nobody does it, so that they are not used.",
        )


# --- buttons and what they lead to ------------------------------------------------------------


def _check_outcomes(diagram: Diagram, node: Node, step: StepSpec, report: Report) -> None:
    if step.decision and not is_free(step.decision):
        report.error(
            "decision-reserved",
            node,
            f"lưu kết quả vào “{step.decision}”, là tên mà biểu thức đã dùng.",
            f"keeps its outcome in “{step.decision}”, a name that expressions use.",
        )
    if len(step.outcomes) > 1 and not step.decision:
        report.error(
            "decision-missing",
            node,
            f"có {len(step.outcomes)} nút nhưng chưa ghi tên biến lưu lựa chọn (mc:decision), "
            "nên bấm nút nào cũng như nhau.",
            f"has {len(step.outcomes)} buttons but no variable for the choice (mc:decision), "
            "so that all do the same.",
        )
    if step.decision and not step.outcomes:
        report.warning(
            "decision-without-outcomes",
            node,
            f"có mc:decision = “{step.decision}” nhưng không có nút nào (mc:outcome).",
            f"has mc:decision = “{step.decision}” but no buttons (mc:outcome).",
        )
    if len(step.outcomes) > 1 and step.decision:
        _check_handled(diagram, node, step, report)


def _check_handled(diagram: Diagram, node: Node, step: StepSpec, report: Report) -> None:
    deciders = list(_deciders(node, step.decision))
    if not deciders and not any(mentions(flow.condition, step.decision) for flow in diagram.flows):
        report.warning(
            "outcome-same-way",
            node,
            f"có {len(step.outcomes)} nút, nhưng không điều kiện nào hỏi đến “{step.decision}”; "
            "nút nào cũng dẫn đến cùng một chỗ.",
            f"has {len(step.outcomes)} buttons, but no condition asks for “{step.decision}”; "
            "all lead to the same place.",
        )
    for decider in deciders:
        unhandled = _unhandled(decider, step)
        if unhandled:
            said = label(decider)
            names = listed([step_outcome_name(step, code) for code in unhandled])
            report.error(
                "outcome-unhandled",
                node,
                f"có nút {names}, nhưng {said.vi} không có đường nào cho lựa chọn đó.",
                f"has the button {names}, but {said.en} has no way for that choice.",
            )


def _deciders(node: Node, decision: str) -> Iterator[Node]:
    """Yield the nodes after a step that choose by its decision, not beyond the first on each way."""
    seen: set[Node] = set()
    todo = [node]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        if any(mentions(flow.condition, decision) for flow in at.outgoing):
            yield at
            continue
        todo.extend(flow.target for flow in at.outgoing if flow.target is not None)


def _unhandled(decider: Node, step: StepSpec) -> list[str]:
    """Return the codes that no flow out of the decider takes."""
    default = plain(decider.xml.get("default"))
    flows = decider.outgoing
    if any(flow.id == default or not flow.has_condition for flow in flows):
        return []
    if any(_takes_others(flow, step.decision) for flow in flows):
        return []
    taken = {code for flow in flows for code in asked_codes(flow.condition, step.decision)}
    return [one.code for one in step.outcomes if one.code not in taken]


def _takes_others(flow: Flow, decision: str) -> bool:
    """Whether a condition holds for codes it does not name: "result != …", or without the decision."""
    text = flow.condition
    return not mentions(text, decision) or "!=" in text or "not(" in text.replace(" ", "")


def step_outcome_name(step: StepSpec, code: str) -> str:
    found = step.outcome(code)
    return found.name.vi if found and found.name else code


def _check_codes(diagram: Diagram, scan: Scan, report: Report) -> None:
    """A condition that asks for a code which no button gives is never true."""
    codes: dict[str, set[str]] = {}
    for step in scan.steps.values():
        if step.decision and step.outcomes:
            codes.setdefault(step.decision, set()).update(one.code for one in step.outcomes)
    for flow in diagram.flows:
        for decision, known in codes.items():
            for code in asked_codes(flow.condition, decision):
                if code not in known:
                    allowed = listed(sorted(known))
                    report.error(
                        "outcome-unknown",
                        flow,
                        f"hỏi {decision} = “{code}”, nhưng không nút nào có mã đó; đang có: {allowed}.",
                        f"asks for {decision} = “{code}”, but no button has that code; there are: {allowed}.",
                    )


def mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.\"]){re.escape(name)}(?![\w\"])", text) is not None


def asked_codes(text: str, decision: str) -> list[str]:
    """Return the strings that a condition compares a decision with, in order."""
    name = rf"(?<![\w.\"]){re.escape(decision)}(?![\w\"])"
    found = re.findall(rf'{name}\s*!?=\s*"([^"]*)"', text)
    found += re.findall(rf'"([^"]*)"\s*!?=\s*{name}', text)
    for group in re.findall(rf"{name}\s+in\s*[(\[]([^)\]]*)[)\]]", text):
        found += re.findall(r'"([^"]*)"', group)
    return list(dict.fromkeys(found))


def _check_supplements(diagram: Diagram, scan: Scan, report: Report) -> None:
    """A step that waits for the applicant must be one that a dossier can get to."""
    for scope in diagram.running:
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        reached = diagram.reachable(starts)
        for node in scope.nodes:
            step = scan.steps.get(node.id)
            if step is not None and step.kind == "wait_citizen" and starts and node not in reached:
                report.error(
                    "supplement-unreachable",
                    node,
                    "chờ người nộp hồ sơ bổ sung, nhưng không nút nào dẫn tới bước này.",
                    "waits for the applicant's supplement, but no button leads to it.",
                )
