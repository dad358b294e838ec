"""The outline as its editor shows it: every part of the drawing as a row, with each way on from it.

`designer.outline` is the table that people read; this one has what an author may change, gateways and
events too, so that nothing of a drawing is out of reach of a keyboard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designer.message_keys import Key, read_keys
from designer.outline import FINISH, OTHERWISE, Drawing, Words, hours
from designer.repeats import Repeat, read_repeat, say_repeat
from designer.triggers import NONE, TIMER, Trigger, read_trigger, say_trigger
from designer.ways import PERSONAL, stands_alone
from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.longest import longest_way
from engine.bpmn.lint.procedure import hours as said_hours
from engine.bpmn.repair.draft import is_activity, is_node
from engine.bpmn.steps import KINDS, StepSpec
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Procedure
from engine.domain.texts import Text

TAGS: Mapping[str, Text] = {
    "startEvent": Text("Bắt đầu", "Start"),
    "endEvent": Text("Kết thúc", "End"),
    "boundaryEvent": Text("Sự kiện trên bước", "Event on a step"),
    "intermediateCatchEvent": Text("Điểm chờ", "Waiting point"),
    "intermediateThrowEvent": Text("Mốc giữa chừng", "Milestone"),
    "exclusiveGateway": Text("Rẽ chọn một nhánh", "Choice of one branch"),
    "inclusiveGateway": Text("Rẽ chọn nhiều nhánh", "Choice of several branches"),
    "parallelGateway": Text("Chạy song song", "At the same time"),
    "eventBasedGateway": Text("Rẽ theo việc xảy ra trước", "Whatever happens first"),
    "sendTask": Text("Gửi tin nhắn", "Send a message"),
    "receiveTask": Text("Chờ tin nhắn", "Wait for a message"),
    "serviceTask": Text("Bước tự động", "Automatic step"),
    "businessRuleTask": Text("Bước theo bảng quyết định", "Step by a decision table"),
    "callActivity": Text("Gọi quy trình khác", "Call of another procedure"),
    "subProcess": Text("Nhóm bước", "Group of steps"),
    "transaction": Text("Nhóm bước trọn gói", "Transaction"),
    "adHocSubProcess": Text("Nhóm bước tùy tình huống", "Ad-hoc group"),
}
JOIN = Text("Chờ đủ các nhánh", "Wait for all branches")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """One way on: the flow, when it is taken, and where it leads."""

    flow: str
    name: Text
    says: Text
    feel: str
    is_rest: bool
    to: Text
    to_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of the drawing.

    Attributes:
        host: The step that an event is attached to, else "".
        time: Its hours, or what a timer waits for; empty where neither is set.
        is_personal: People do it, so that it has role, form and buttons.
        is_simple: The forms of the outline can edit all that matters about it.
        group: The id of the group of steps that it stands in, else "".
        message: The name of the message that it sends or waits for.
        called: The id of the process that it calls.
        fields: What its message carries: names and FEEL.
        keys: How its message finds its dossier.
        trigger: What an event waits for or throws; None for what is no event.
        repeat: How often an activity is done; None for what is none.
        decide, decide_into: The decision table that an automatic step asks, and the name of the result.
        stands_alone: It is a group that an event starts: no way leads to it or from it.
        notes: What else there is to know about it, in words.
    """

    id: str
    tag: str
    kind: Text
    name: Text
    step: StepSpec | None
    host: str
    role: Text
    unit: Text
    time: Text
    form: Text
    ways: tuple[WayRow, ...]
    is_personal: bool
    is_simple: bool
    group: str = ""
    message: str = ""
    called: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    keys: tuple[Key, ...] = ()
    trigger: Trigger | None = None
    repeat: Repeat | None = None
    decide: str = ""
    decide_into: str = ""
    stands_alone: bool = False
    notes: tuple[Text, ...] = ()

    @property
    def is_step(self) -> bool:
        return self.tag.lower().endswith(("task", "subprocess")) or self.tag in (
            "callActivity",
            "transaction",
        )

    @property
    def own_name(self) -> Text:
        """The name that was given to it; an end without one is not called “the end” here."""
        return Text("") if self.name is FINISH else self.name

    @property
    def is_gateway(self) -> bool:
        return self.tag.endswith("Gateway")


@dataclass(frozen=True, slots=True)
class Sum:
    """The hours of the longest way beside the limit; None where the procedure gives none."""

    minutes: int
    limit: int | None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.minutes > self.limit

    @property
    def words(self) -> Text:
        if self.limit is None:
            return Text(f"{said_hours(self.minutes)} giờ", f"{said_hours(self.minutes).replace(',', '.')} h")
        used, most = said_hours(self.minutes), said_hours(self.limit)
        return Text(f"{used} / {most} giờ", f"{used} / {most} h".replace(",", "."))


def read_rows(xml: bytes, words: Words) -> list[Row]:
    """Return every flow node of a diagram in the order in which a dossier meets it.

    Raises:
        BadXml: If the diagram cannot be read.
    """
    drawing, beyond = Drawing(xml, words.fields), _beyond(parse_xml(xml))
    rows = []
    for key in drawing.in_order():
        rows.append(_row(drawing, key, words, beyond.get(key, {}), ""))
        rows += [
            _row(drawing, event.get("id"), words, beyond.get(event.get("id"), {}), key)
            for event in drawing.boundaries.get(key, ())
        ]
    attached = {row.id for row in rows if row.host}
    return [row for row in rows if row.host or row.id not in attached]


def time_sum(xml: bytes, procedure: Procedure) -> Sum:
    """Return the working hours on the longest way, each loop walked once, beside the limit."""
    diagram = Diagram(parse_xml(xml))
    from_steps = Drawing(xml, {}).steps

    def counted(node: Any) -> int:
        step = from_steps.get(node.id)
        if step is None or step.own_clock or step.kind == "wait_citizen":
            return 0
        return step.minutes or 0

    totals = [longest_way(diagram, one, counted)[0] for one in diagram.running if one.node is None]
    limit = procedure.limit.hours
    return Sum(max(totals, default=0), None if limit is None else int(limit * 60))


def _row(drawing: Drawing, key: str, words: Words, beyond: Mapping[str, Any], host: str) -> Row:
    tag, step = drawing.tags[key], drawing.steps.get(key)
    is_personal = tag in PERSONAL
    kind = KINDS.get(step.kind, Text("")) if step else Text("")
    minutes = step.minutes if step else None
    trigger = beyond.get("trigger")
    waits = say_trigger(trigger, tag) if trigger and trigger.kind == TIMER else Text("")
    return Row(
        id=key,
        tag=tag,
        kind=Text(kind.vi, kind.en)
        if kind
        else (JOIN if drawing.is_join(key) else TAGS.get(tag, Text("Bước việc", "Step"))),
        name=drawing.name(key) or (FINISH if tag == "endEvent" else Text("")),
        step=step,
        host=host,
        role=words.role(step.role) if step and step.role else Text(""),
        unit=words.unit(step.unit) if step and step.unit else Text(""),
        time=hours(minutes) if minutes is not None else waits,
        form=words.form(step.form) if step and step.form else Text(""),
        ways=tuple(_ways(drawing, key)),
        is_personal=is_personal,
        is_simple=is_personal or (tag in _SIMPLE and (trigger is None or trigger.is_editable)),
        group=drawing.group(key),
        **beyond,
    )


_SIMPLE = (
    "startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "sendTask", "receiveTask",
    "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "subProcess", "callActivity",
    "eventBasedGateway", "businessRuleTask",
)  # fmt: skip


def _ways(drawing: Drawing, key: str) -> Iterator[WayRow]:
    for flow in drawing.flows.get(key, ()):
        name = (flow.get("name") or "").strip()
        is_rest = flow.get("id") in drawing.defaults
        rule = drawing.rule(flow)
        yield WayRow(
            flow=flow.get("id") or "",
            name=Text(name, _english(flow)),
            says=OTHERWISE if is_rest else rule,
            feel=(flow.findtext(f"{{{BPMN}}}conditionExpression") or "").strip(),
            is_rest=is_rest,
            to=_called(drawing, flow.get("targetRef")),
            to_id=flow.get("targetRef") or "",
        )


def _called(drawing: Drawing, key: str) -> Text:
    """Return what a part is called, or what it is where it has no name."""
    return drawing.name(key) or TAGS.get(drawing.tags.get(key, ""), Text(key or "—"))


def _english(flow: Any) -> str:
    for part in flow.iter():
        if local_name(part) == "text" and part.get("lang") == "en":
            return part.get("name") or ""
    return ""


def _beyond(root: Any) -> dict[str, dict[str, Any]]:
    """Return, by id, what the parts of a diagram wait for, send, repeat, call or decide, as `Row` has it."""
    by_id = {one.get("id"): one for one in root.iter(f"{{{BPMN}}}*") if one.get("id")}
    return {key: _beyond_one(root, node, by_id) for key, node in by_id.items() if is_node(node)}


def _beyond_one(root: Any, node: Any, by_id: Mapping[str, Any]) -> dict[str, Any]:
    tag = local_name(node)
    trigger = read_trigger(node, by_id)
    repeat = read_repeat(node) if is_activity(node) else None
    message = by_id.get((node.get("messageRef") or "").rpartition(":")[2])
    name = (message.get("name") or "") if message is not None else ""
    if trigger is not None and trigger.kind == "message":
        name = trigger.ref
    process = next(iter(node.iterancestors(f"{{{BPMN}}}process")), None)
    decide = node.get(f"{{{MC}}}decide") or ""
    notes = [say_repeat(repeat)] if repeat else []
    if trigger is not None and trigger.kind not in (NONE, TIMER):
        notes.append(say_trigger(trigger, tag))
    if tag in ("sendTask", "receiveTask") and name:
        notes.append(Text(f"tin nhắn “{name}”", f"message “{name}”"))
    if decide:
        notes.append(Text(f"theo bảng “{decide}”", f"by the table “{decide}”"))
    if stands_alone(node):
        said = Text("chạy khi có sự kiện ở điểm bắt đầu của nhóm", "runs when the event of its start occurs")
        notes.append(said)
    return {
        "message": name,
        "called": (node.get("calledElement") or "").rpartition(":")[2],
        "fields": tuple(
            (one.get("name") or "", one.get("value") or "")
            for one in node.iterfind(f"{{{BPMN}}}extensionElements/{{{MC}}}field")
        ),
        "keys": tuple(read_keys(root, name, process)) if name else (),
        "trigger": trigger,
        "repeat": repeat,
        "decide": decide,
        "decide_into": node.get(f"{{{MC}}}decideInto") or "",
        "stands_alone": stands_alone(node),
        "notes": tuple(one for one in notes if one),
    }
