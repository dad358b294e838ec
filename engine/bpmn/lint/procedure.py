"""A diagram against the procedure it is meant for: forms, participants, names in conditions, time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from engine.bpmn.decisions import decision_names
from engine.bpmn.extensions import MC, scan_steps
from engine.bpmn.lint.diagram import Diagram, Node, text_of
from engine.bpmn.lint.exchanges import sends
from engine.bpmn.lint.expressions import Written, compiled, written
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.longest import longest_way
from engine.bpmn.lint.names import listed
from engine.bpmn.lint.office import PERSONAL
from engine.bpmn.steps import StepSpec
from engine.domain.names import RESERVED
from engine.domain.procedures import Procedure
from engine.feel import FeelError, compile_feel

_MOST_TOLD = 20
OWN_UNITS = ("receiving", "competent")
# Names that the engine itself gives while it runs loops and gateways.
_DATA = (
    "dataObject", "dataObjectReference", "property", "dataInput", "dataOutput", "inputDataItem",
    "outputDataItem",
)  # fmt: skip
_ENGINE_NAMES = frozenset(
    {
        "loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
        "numberOfTerminatedInstances", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances",
        "nrOfTerminatedInstances", "activationCount",
    }
)  # fmt: skip


def check_procedure(
    diagram: Diagram, procedure: Procedure, roles: Collection[str] | None, report: Report
) -> None:
    """Report where the diagram asks for something that the procedure does not have."""
    steps = scan_steps(diagram.root).steps
    told = [node for scope in diagram.running for node in scope.nodes if sends(node)]
    personal = [node for scope in diagram.running for node in scope.nodes if node.kind in PERSONAL]
    _check_key(diagram, procedure, report)
    if not (diagram.is_executable or diagram.of_the_office):  # a mere picture; the linter only advises
        report.error("not-executable", None, "Sơ đồ không có quy trình nào được đánh dấu để thực thi.",
                     "The diagram has no process that is marked as executable.")  # fmt: skip
    for node in (*personal, *told):
        step = steps.get(node.id)
        if step is not None:
            _check_step(node, step, procedure, roles, report)
    _check_participants(diagram, procedure, steps, report)
    _check_content(diagram, procedure, steps, report)
    _check_decisions(diagram, procedure, report)
    _check_names(diagram, procedure, steps, report)
    _check_time(diagram, procedure, steps, report)


def _check_key(diagram: Diagram, procedure: Procedure, report: Report) -> None:
    for scope in diagram.processes:
        key = (scope.xml.get(f"{{{MC}}}procedure") or "").strip()
        if key and key != procedure.key:
            report.error(
                "procedure-key",
                scope,
                f"vẽ cho thủ tục “{key}”, nhưng đang nằm trong thủ tục “{procedure.key}”.",
                f"is drawn for the procedure “{key}” but belongs to “{procedure.key}” here.",
            )


def _check_step(
    node: Node, step: StepSpec, procedure: Procedure, roles: Collection[str] | None, report: Report
) -> None:
    if step.form and step.form not in procedure.forms:
        known = listed(sorted(procedure.forms))
        report.error(
            "form-unknown",
            node,
            f"dùng biểu mẫu “{step.form}”, nhưng thủ tục không có; các biểu mẫu hiện có: {known}.",
            f"uses the form “{step.form}”, which the procedure does not have; there are: {known}.",
        )
    participants = [one.code for one in procedure.participants]
    if step.unit and not step.unit_rule and step.unit not in (*OWN_UNITS, *participants):
        known = listed([*OWN_UNITS, *participants])
        report.error(
            "unit-unknown",
            node,
            f"giao cho “{step.unit}”, nhưng thủ tục không có bên đó; các bên hiện có: {known}.",
            f"goes to “{step.unit}”, which takes no part in the procedure; there are: {known}.",
        )
    if roles is not None and step.role and step.role not in roles:
        report.error(
            "role-unknown",
            node,
            f"giao cho vai trò “{step.role}”, nhưng không có vai trò đó.",
            f"is done by the role “{step.role}”, which does not exist.",
        )


def _check_participants(
    diagram: Diagram, procedure: Procedure, steps: dict[str, StepSpec], report: Report
) -> None:
    used = {step.unit for step in steps.values()}
    process = diagram.running[0] if diagram.running else None
    for one in procedure.participants:
        if one.code not in used and process is not None:
            report.warning(
                "participant-unused",
                process,
                f"không giao bước nào cho “{one.name.vi}” ({one.code}), dù thủ tục có bên này.",
                f"gives no step to “{one.name.say('en')}” ({one.code}), who takes part in the procedure.",
            )


def _check_decisions(diagram: Diagram, procedure: Procedure, report: Report) -> None:
    asked = [xml for xml in diagram.of_kind("businessRuleTask") if xml.get(f"{{{MC}}}decide")]
    if not asked:
        return
    known = decision_names(procedure.decisions.values())
    for xml in asked:
        name = xml.get(f"{{{MC}}}decide").strip()
        if name not in known:
            report.error(
                "decision-unknown",
                xml,
                f"tính quyết định “{name}”, nhưng thủ tục không có; hiện có: {listed(sorted(known))}.",
                f"asks the decision “{name}”, which the procedure does not have; "
                f"there are: {listed(sorted(known))}.",
            )


def _check_names(diagram: Diagram, procedure: Procedure, steps: dict[str, StepSpec], report: Report) -> None:
    known = set(_known_names(diagram, procedure, steps))
    rules = [
        Written(node.xml, node.xml, steps[node.id].unit_rule)
        for scope in diagram.running
        for node in scope.nodes
        if node.id in steps and steps[node.id].unit_rule
    ]
    for one in (*written(diagram), *rules):
        expression = compiled(one.text)
        for name in sorted(expression.names - known) if expression else ():
            report.warning(
                "name-unknown",
                one.owner,
                f"hỏi đến “{name}”, nhưng không biểu mẫu hay bước nào cho giá trị đó.",
                f"asks for “{name}”, which no form and no step provides.",
                at=one.xml,
            )


def _check_content(
    diagram: Diagram, procedure: Procedure, steps: dict[str, StepSpec], report: Report
) -> None:
    """Formulas of forms, papers and the fee are FEEL, call what exists and ask for what there is."""
    known = set(_known_names(diagram, procedure, steps))
    for path, text in procedure.expressions():
        vi, en = f"{path}: công thức “{text[:80]}”", f"{path}: the formula “{text[:80]}”"
        try:
            expression = compile_feel(text)
        except FeelError as error:
            report.error("content-formula", None, f"{vi} chưa đúng. {error.say('vi')}",
                         f"{en} is wrong. {error.say('en')}")  # fmt: skip
            continue
        for name in sorted(expression.called):
            report.error("content-formula", None, f"{vi} gọi “{name}(…)”, nhưng không có hàm đó.",
                         f"{en} calls “{name}(…)”, which does not exist.")  # fmt: skip
        for name in sorted(expression.names - known - expression.called):
            report.warning("name-unknown", None, f"{vi} hỏi đến “{name}”, nhưng không có giá trị đó.",
                           f"{en} asks for “{name}”, which nothing provides.")  # fmt: skip


def _known_names(diagram: Diagram, procedure: Procedure, steps: dict[str, StepSpec]) -> Iterator[str]:
    yield from RESERVED
    yield from _ENGINE_NAMES
    yield from procedure.options
    for form in procedure.forms.values():
        yield from (field.name for field in form.fields)
    for step in steps.values():
        yield step.decision
        yield f"{step.register}_no"
        yield from (field.name for field in step.fields)
    for xml in diagram.of_kind("businessRuleTask"):
        yield xml.get(f"{{{MC}}}decideInto", "")
    for xml in diagram.of_kind(*_DATA):
        yield xml.get("name") or xml.get("id") or ""
    for xml in diagram.of_kind("loopDataInputRef", "loopDataOutputRef"):
        yield text_of(xml)


def _check_time(diagram: Diagram, procedure: Procedure, steps: dict[str, StepSpec], report: Report) -> None:
    """The allotted hours on the longest way, each loop walked once, fit the limit."""
    if procedure.limit.hours is None:
        return
    limit = int(procedure.limit.hours * 60)
    for process in diagram.running:
        if process.node is not None:
            continue
        total, way = longest_way(diagram, process, lambda node: _counted(steps.get(node.id)))
        if total > limit:
            names = _told(way, steps)
            report.error(
                "hours-over-limit",
                process,
                f"cần {hours(total)} giờ làm việc trên đường dài nhất, quá thời hạn "
                f"{hours(limit)} giờ: {names}.",
                f"needs {hours(total)} working hours on its longest way, more than the limit of "
                f"{hours(limit)}: {names}.",
            )


def _told(way: list[Node], steps: dict[str, StepSpec]) -> str:
    told = [steps[node.id] for node in way[:_MOST_TOLD]]
    shown = [f"{step.name.vi or step.id} ({hours(_counted(step))})" for step in told]
    return " → ".join([*shown, "…"] if len(way) > _MOST_TOLD else shown)


def _counted(step: StepSpec | None) -> int:
    """Minutes that count against the office's limit."""
    if step is None or step.own_clock or step.kind == "wait_citizen":
        return 0
    return step.minutes or 0


def hours(minutes: int) -> str:
    """Return minutes as hours: 90 is "1,5"."""
    value = (Decimal(minutes) / 60).quantize(Decimal("0.01")).normalize()
    return f"{value:f}".replace(".", ",")
