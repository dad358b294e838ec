"""Reading event definitions: what an event waits for or throws, and the names they are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.durations import BadTime, check_time, is_literal
from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.model import (
    CancelDefinition,
    CompensateDefinition,
    ConditionalDefinition,
    Definition,
    ErrorDefinition,
    EscalationDefinition,
    LinkDefinition,
    MessageDefinition,
    SignalDefinition,
    TerminateDefinition,
    TimerDefinition,
)
from engine.bpmn.problems import Problems
from engine.bpmn.translation import to_feel

_REFERRING = {
    "message": MessageDefinition,
    "signal": SignalDefinition,
    "error": ErrorDefinition,
    "escalation": EscalationDefinition,
}
TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def local(name: str | None) -> str:
    """Return a QName without its prefix; references inside one file need none."""
    return (name or "").strip().rpartition(":")[2]


def flag(element: Any, name: str, default: bool) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}.get(
        (element.get(name) or "").strip(), default
    )


def text_of(element: Any, name: str) -> str:
    """Return the text of the child `name`, "" when there is none."""
    child = element.find(f"{{{BPMN}}}{name}")
    return "" if child is None else "".join(child.itertext()).strip()


def expression_of(element: Any, name: str) -> str:
    """Return the expression in the child `name` as FEEL, "" when there is none."""
    return to_feel(text_of(element, name))


def reference(element: Any, kind: str) -> str:
    """Return what is compared: codes of errors and escalations, names of the rest, else the id."""
    attribute = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
    return (element.get(attribute) or "").strip() or element.get("id") or ""


class DefinitionReader:
    def __init__(self, by_id: Mapping[str, Any], problems: Problems) -> None:
        self.by_id = by_id
        self.problems = problems

    def of(self, event: Any) -> tuple[Definition, ...]:
        """Return the definitions of an event, those it refers to included."""
        found: list[Definition] = []
        for child in event:
            tag = local_name(child)
            if tag == "eventDefinitionRef":
                child = self.by_id.get(local(child.text))
                if child is None or not local_name(child).endswith("EventDefinition"):
                    self._refuse("definition-ref", event, "trỏ tới một định nghĩa sự kiện không có.",
                                 "refers to an event definition that does not exist.")  # fmt: skip
                    continue
                tag = local_name(child)
            if tag.endswith("EventDefinition"):
                definition = self.one(child, event)
                if definition:
                    found.append(definition)
        return tuple(found)

    def one(self, element: Any, event: Any) -> Definition | None:
        """Read one event definition; None, and a problem, when it cannot be used."""
        kind, ident = local_name(element).removesuffix("EventDefinition"), element.get("id") or ""
        if kind in _REFERRING:
            return _REFERRING[kind](id=ident, ref=self.ref(element, kind, event))
        if kind == "timer":
            return self._timer(element, event)
        if kind == "conditional":
            condition = expression_of(element, "condition")
            if not condition:
                self._refuse("no-condition", event, "sự kiện điều kiện chưa có điều kiện.",
                             "the conditional event has no condition.")  # fmt: skip
            return ConditionalDefinition(id=ident, condition=condition)
        if kind == "link":
            return LinkDefinition(id=ident, ref=element.get("name") or "")
        if kind == "compensate":
            waits = flag(element, "waitForCompletion", True)
            return CompensateDefinition(id=ident, ref=local(element.get("activityRef")), waits=waits)
        if kind == "cancel":
            return CancelDefinition(id=ident)
        if kind == "terminate":
            return TerminateDefinition(id=ident)
        self._refuse("unknown-definition", event, f"loại sự kiện {kind} không chạy được.",
                     f"the kind of event {kind} cannot be executed.")  # fmt: skip
        return None

    def ref(self, element: Any, kind: str, event: Any | None = None) -> str:
        """Return the name or code that `messageRef`, `signalRef` … stands for; "" without one."""
        ident = local(element.get(f"{kind}Ref"))
        if not ident:
            return ""
        target = self.by_id.get(ident)
        if target is None or local_name(target) != kind:
            owner = element if event is None else event
            self._refuse("undefined-ref", owner, f"“{ident}” chưa được khai báo ({kind}).",
                         f"“{ident}” is not declared as {kind}.")  # fmt: skip
            return ident
        return reference(target, kind)

    def _timer(self, element: Any, event: Any) -> Definition | None:
        given = [(time, expression_of(element, tag)) for tag, time in TIMES.items() if text_of(element, tag)]
        if len(given) != 1:
            self._refuse("no-time", event, "bộ hẹn giờ cần đúng một thời gian (ngày, khoảng hoặc chu kỳ).",
                         "a timer needs exactly one time (date, duration or cycle).")  # fmt: skip
            return None
        time, text = given[0]
        if is_literal(text):
            try:
                check_time(time, text)
            except BadTime as bad:
                self._refuse("bad-time", event, bad.say("vi"), bad.say("en"))
        working = (element.get(f"{{{MC}}}clock") or "").strip() == "working"
        return TimerDefinition(id=element.get("id") or "", time=time, text=text, working=working)

    def _refuse(self, rule: str, event: Any, vi: str, en: str) -> None:
        self.problems.add(rule, event, vi, en)
