"""The same procedure as a table: who does what, in how many hours, with which form, and where it goes next.

For those who do not draw, for screen readers, for print, and wherever the editor cannot run. It reads
the file itself and not the executable model, so that a half-finished draft has a table too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.extensions import scan_steps
from engine.bpmn.lint.groups import SUB_PROCESSES
from engine.bpmn.steps import KINDS, StepSpec
from engine.bpmn.xml import parse_xml
from engine.domain.forms import Form
from engine.domain.texts import Text
from engine.feel import FeelError
from engine.feel.conditions import Comparison, Group, parse_condition
from engine.feel.sentences import Subject, say_condition

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
UNITS: Mapping[str, Text] = {
    "receiving": Text("nơi tiếp nhận", "where it was received"),
    "competent": Text("cơ quan có thẩm quyền", "the competent office"),
}
FINISH = Text("kết thúc", "the end")
OTHERWISE = Text("còn lại", "otherwise")
TOGETHER = Text("chờ đủ các nhánh", "wait for the other branches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What codes in a diagram are called here."""

    roles: Mapping[str, Text] = field(default_factory=dict)
    participants: Mapping[str, Text] = field(default_factory=dict)
    forms: Mapping[str, Text] = field(default_factory=dict)
    fields: Mapping[str, Subject] = field(default_factory=dict)

    def role(self, code: str) -> Text:
        return self.roles.get(code, Text(code))

    def unit(self, code: str) -> Text:
        if code.startswith("="):
            rule = code[1:].strip()
            return Text(f"theo quy tắc “{rule}”", f"by the rule “{rule}”")
        return UNITS.get(code) or self.participants.get(code, Text(code))

    def form(self, code: str) -> Text:
        return self.forms.get(code, Text(code))


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a step.

    Attributes:
        when: As the arrow is labelled, else its condition; empty for the only way.
        rule: The condition as a sentence; empty where there is none, and where it only asks which button
            of this step was pressed.
    """

    when: Text
    to: Text
    element: str
    rule: Text = Text("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of the table."""

    step: StepSpec
    name: Text
    kind: Text
    role: Text
    unit: Text
    minutes: int | None
    form: Text
    ways: tuple[Way, ...]

    @property
    def id(self) -> str:
        return self.step.id

    @property
    def time(self) -> Text:
        """The allotted working time in words; empty where none is set."""
        return hours(self.minutes) if self.minutes is not None else Text("")


def read_outline(xml: bytes, words: Words) -> list[Line]:
    """Return the steps of a diagram in the order in which a dossier meets them."""
    drawing = Drawing(xml, words.fields)
    wanted = (key for key in drawing.in_order() if drawing.is_step(key) or drawing.is_join(key))
    return [_line(drawing, key, words) for key in wanted]


@dataclass(frozen=True, slots=True)
class Rule:
    """The condition of one arrow.

    Attributes:
        label: What the arrow is called: its own name, else where it leads.
        says: The condition as a sentence; empty where there is none.
        text: The condition as it is written, with single spaces.
    """

    label: Text
    says: Text
    text: str


def read_rules(xml: bytes, words: Words) -> dict[str, Rule]:
    """Return the condition of every arrow that has an id, by that id."""
    drawing = Drawing(xml, words.fields)
    return {
        flow.get("id"): Rule(
            Text((flow.get("name") or "").strip()) or drawing.called(flow.get("targetRef")),
            drawing.rule(flow),
            " ".join((flow.findtext(f"{BPMN}conditionExpression") or "").split()),
        )
        for flows in drawing.flows.values()
        for flow in flows
        if flow.get("id")
    }


class Drawing:
    """A diagram as boxes and arrows, without any judgement on it."""

    def __init__(self, xml: bytes, fields: Mapping[str, Subject]) -> None:
        root = parse_xml(xml)
        self.steps = scan_steps(root).steps
        self.fields = {**fields, **_decisions(self.steps.values())}
        self.tags: dict[str, str] = {}
        self.scopes: dict[str, str] = {}  # the group of steps, else the process, that a box stands in
        self.flows: dict[str, list[Any]] = {}
        self.boundaries: dict[str, list[Any]] = {}
        self.entries: Counter[str] = Counter()
        self.defaults: set[str] = set()
        for element in root.iter(f"{BPMN}*"):
            self._take(element, element.tag.removeprefix(BPMN))

    def is_step(self, key: str) -> bool:
        tag = self.tags.get(key, "").lower()
        return tag.endswith(("task", "subprocess")) or tag in ("callactivity", "transaction")

    def group(self, key: str) -> str:
        """Return the group of steps that a box stands in, "" if it stands in none."""
        scope = self.scopes.get(key, "")
        return scope if scope in self.tags else ""

    def is_join(self, key: str) -> bool:
        """Say whether branches that run at the same time wait for each other here."""
        return self.tags.get(key) in ("parallelGateway", "inclusiveGateway") and self.entries[key] > 1

    def name(self, key: str) -> Text:
        step = self.steps.get(key)
        return step.name if step and step.name else Text("")

    def called(self, key: str) -> Text:
        """Return the name of a box for a sentence, or its id where it has none."""
        tag = self.tags.get(key, "")
        name = self.name(key)
        if tag == "endEvent":
            return Text(f"{FINISH.vi}: {name.vi}", f"{FINISH.en}: {name.say('en')}") if name else FINISH
        return name or (TOGETHER if self.is_join(key) else Text(key))

    def in_order(self) -> Iterator[str]:
        """Yield every box once: from the starts onwards, then what nothing leads to.

        What stands in a group of steps comes right behind the group; processes as the file has them.
        """
        seen: set[str] = set()
        for process in dict.fromkeys(self.scopes.values()):
            if process not in self.tags:  # what stands in a group comes with the group
                yield from self._walk(process, seen)

    def _walk(self, scope: str, seen: set[str]) -> Iterator[str]:
        own = [key for key in self.tags if self.scopes[key] == scope]
        ahead = [key for key in own if self.tags[key] == "startEvent"]
        rest = own[:]
        while ahead or rest:
            key = ahead.pop(0) if ahead else rest.pop(0)
            if key in seen:
                continue
            seen.add(key)
            yield key
            if self.tags.get(key) in SUB_PROCESSES:
                yield from self._walk(key, seen)
            ahead += [flow.get("targetRef") for flow in self.flows.get(key, ())]
            for event in self.boundaries.get(key, ()):
                ahead += [flow.get("targetRef") for flow in self.flows.get(event.get("id"), ())]

    def ways(self, key: str) -> tuple[Way, ...]:
        """Return where a dossier goes from here, looking through gateways and nameless points."""
        found: dict[tuple[Text, str], Way] = {}
        own = self.steps[key].decision if key in self.steps else ""
        for when, rule, target in self._onward(key, Text(""), Text(""), own, {key}):
            found.setdefault((when, target), Way(when, self.called(target), target, rule))
        for event in self.boundaries.get(key, ()):
            label = self.name(event.get("id")) or Text("khi có sự kiện", "when the event occurs")
            for _when, rule, target in self._onward(event.get("id"), label, Text(""), own, {key}):
                found.setdefault((label, target), Way(label, self.called(target), target, rule))
        return tuple(found.values())

    def _onward(
        self, key: str, when: Text, rule: Text, own: str, seen: set[str]
    ) -> Iterator[tuple[Text, Text, str]]:
        for flow in self.flows.get(key, ()):
            target = flow.get("targetRef")
            said, ruled = _both(when, self._branch(flow)), _both(rule, self.rule(flow, own))
            if target not in seen and self._is_passed(target):
                yield from self._onward(target, said, ruled, own, {*seen, target})
            else:
                yield said, ruled, target

    def _branch(self, flow: Any) -> Text:
        if flow.get("name"):
            return Text(flow.get("name").strip())
        return OTHERWISE if flow.get("id") in self.defaults else self.rule(flow)

    def rule(self, flow: Any, own: str = "") -> Text:
        """Return the condition of an arrow as a sentence; as it stands where it is not FEEL.

        Args:
            own: A variable whose value the reader knows; to ask only for it is no rule.
        """
        text = (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if not text:
            return Text("")
        try:
            condition = parse_condition(text)
        except FeelError:
            return Text(text)
        asks_own = isinstance(condition, Comparison) and condition.field == own
        return Text("") if asks_own or condition == Group("all") else say_condition(condition, self.fields)

    def _is_passed(self, key: str) -> bool:
        tag = self.tags.get(key, "")
        if self.is_join(key):
            return False
        return tag.endswith("Gateway") or (tag.startswith("intermediate") and not self.name(key))

    def _take(self, element: Any, tag: str) -> None:
        key = element.get("id")
        if tag == "sequenceFlow":
            self.flows.setdefault(element.get("sourceRef"), []).append(element)
            self.entries[element.get("targetRef")] += 1
        elif tag == "boundaryEvent":
            self.boundaries.setdefault(element.get("attachedToRef"), []).append(element)
        if key and (tag.lower().endswith(("task", "subprocess", "event", "gateway")) or tag in _OTHERS):
            self.tags[key] = tag
            scope = element.getparent()
            self.scopes[key] = (scope.get("id") if scope is not None else "") or ""
            if element.get("default"):
                self.defaults.add(element.get("default"))


_OTHERS = ("callActivity", "transaction")


def form_fields(forms: Iterable[Form]) -> dict[str, Subject]:
    """Return what the fields of forms and their values are called, for conditions over them."""
    return {
        one.name: Subject(one.label, {option.value: option.label for option in one.options}, one.unit)
        for form in forms
        for one in form.fields
    }


def _decisions(steps: Iterable[StepSpec]) -> dict[str, Subject]:
    """Return what the choices made at steps are called: “kết quả bước “Thẩm định””."""
    return {
        step.decision: Subject(
            Text(f"kết quả bước “{step.name.vi}”", f"the outcome of “{step.name.say('en')}”"),
            {outcome.code: outcome.name for outcome in step.outcomes},
        )
        for step in steps
        if step.decision
    }


def hours(minutes: int | None) -> Text:
    """Return working time in words: 12 giờ, 1,5 giờ."""
    if minutes is None:
        return Text("(chưa ghi)", "(not set)")
    value = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return Text(f"{value.replace('.', ',')} giờ", f"{value} h")


def _line(drawing: Drawing, key: str, words: Words) -> Line:
    step = drawing.steps[key]
    return Line(
        step=step,
        name=drawing.called(key),
        kind=KINDS.get(step.kind, Text("")),
        role=words.role(step.role),
        unit=words.unit(step.unit),
        minutes=step.minutes,
        form=words.form(step.form),
        ways=drawing.ways(key),
    )


def _both(first: Text, second: Text) -> Text:
    if not first or not second:
        return first or second
    return Text(f"{first.vi}, {second.vi}", f"{first.say('en')}, {second.say('en')}")
