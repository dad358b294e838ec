"""The outline as its editor shows it: every part of the drawing as a row, with each way on from it.

`designer.outline` is the table that people read; this one has what an author may change, gateways and
events too, so that nothing of a drawing is out of reach of a keyboard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designer.outline import FINISH, OTHERWISE, Drawing, Words, hours
from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.longest import longest_way
from engine.bpmn.lint.procedure import hours as said_hours
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
PERSONAL = ("task", "userTask", "manualTask")
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

    @property
    def is_step(self) -> bool:
        return self.tag.lower().endswith(("task", "subprocess")) or self.tag in (
            "callActivity",
            "transaction",
        )

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
    drawing = Drawing(xml, words.fields)
    timers, talks = _timers(xml), _talks(xml)
    rows = []
    for key in drawing.in_order():
        rows.append(_row(drawing, key, words, timers, talks, ""))
        rows += [
            _row(drawing, event.get("id"), words, timers, talks, key)
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


def _row(
    drawing: Drawing,
    key: str,
    words: Words,
    timers: Mapping[str, Text],
    talks: Mapping[str, dict[str, Any]],
    host: str,
) -> Row:
    tag, step = drawing.tags[key], drawing.steps.get(key)
    is_personal = tag in PERSONAL
    kind = KINDS.get(step.kind, Text("")) if step else Text("")
    minutes = step.minutes if step else None
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
        time=hours(minutes) if minutes is not None else timers.get(key, Text("")),
        form=words.form(step.form) if step and step.form else Text(""),
        ways=tuple(_ways(drawing, key)),
        is_personal=is_personal,
        is_simple=is_personal or tag in _SIMPLE,
        group=drawing.group(key),
        **talks.get(key, {}),
    )


_SIMPLE = (
    "startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "sendTask", "receiveTask",
    "intermediateCatchEvent", "boundaryEvent", "subProcess", "callActivity", "eventBasedGateway",
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


def _timers(xml: bytes) -> dict[str, Text]:
    """Return what the waiting points of a diagram wait for, in words where it is a plain duration."""
    found: dict[str, Text] = {}
    for definition in parse_xml(xml).iter(f"{{{BPMN}}}timerEventDefinition"):
        text = "".join(definition.itertext()).strip()
        is_working = any(name.endswith("}clock") and value == "working" for name, value in definition.items())
        found[definition.getparent().get("id")] = say_wait(text, is_working)
    return found


def _talks(xml: bytes) -> dict[str, dict[str, Any]]:
    """Return what the parts of a diagram send, wait for or call, as `Row` has it."""
    root = parse_xml(xml)
    names = {one.get("id"): one.get("name") or "" for one in root.iter(f"{{{BPMN}}}message")}
    found: dict[str, dict[str, Any]] = {}
    for node in root.iter(f"{{{BPMN}}}*"):
        event = node.find(f"{{{BPMN}}}messageEventDefinition")
        reference = (node if event is None else event).get("messageRef")
        carried = node.iterfind(f"{{{BPMN}}}extensionElements/{{{MC}}}field")
        facts = {
            "message": names.get(reference, reference or ""),
            "called": (node.get("calledElement") or "").rpartition(":")[2],
            "fields": tuple((one.get("name") or "", one.get("value") or "") for one in carried),
        }
        if node.get("id") and any(facts.values()):
            found[node.get("id")] = facts
    return found


def say_wait(text: str, is_working: bool) -> Text:
    """Return an ISO duration in words: “3 ngày làm việc”."""
    for shape, vi, en in (("PT{}H", "giờ", "hours"), ("P{}D", "ngày", "days")):
        head, _, tail = shape.partition("{}")
        number = text[len(head) : len(text) - len(tail)]
        if text.startswith(head) and text.endswith(tail) and number.isdigit():
            return Text(f"sau {number} {vi}{' làm việc' if is_working else ''}",
                        f"after {number} {'working ' if is_working else ''}{en}")  # fmt: skip
    return Text(text)
