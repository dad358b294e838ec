"""Writing diagrams tersely, and playing them.

One line is one thing; indentation nests into the node above:

    user check                          a node: kind and id
    user check name=Kiểm_tra            with attributes
    boundary late on check : timer PT1H an event, after the colon what it waits for or throws
    boundary half on check quiet : …    quiet: not interrupting
    check -> join -> end                flows, named "check.join", "join.end"
    xor -> yes if amount > 5            … the last with a condition
    xor -> no default                   … the default
    undo ~ unpay                        an association
    <anything>…</anything>              XML as it is
"""

from __future__ import annotations

import json
from html import escape
from itertools import pairwise

import pytest

from engine.bpmn.definitions import Definition, load_definition
from engine.execution import (
    Awaited,
    Complete,
    DataChanged,
    Fail,
    Fire,
    Message,
    Signal,
    Start,
    TimerCleared,
    TimerSet,
    get_executor,
)

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "user": "userTask",
    "manual": "manualTask",
    "service": "serviceTask",
    "script": "scriptTask",
    "rule": "businessRuleTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "sub": "subProcess",
    "on": "subProcess",
    "adhoc": "adHocSubProcess",
    "call": "callActivity",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "complex": "complexGateway",
    "first": "eventBasedGateway",
}
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1" '
    'id="diagram_of_a_test" targetNamespace="t">'
)


def write(text: str, before: str = "", process: str = "p") -> bytes:
    """Return the BPMN XML of a diagram."""
    writer = _Writer()
    body = writer.nodes(text)
    declared = "".join(
        f'<{kind} id="{kind}_{name}" name="{name}"'
        + (f' {kind}Code="{name}"' if kind in ("error", "escalation") else "")
        + "/>"
        for kind, name in sorted(writer.declared)
    )
    return (
        f'{HEAD}{declared}{before}<process id="{process}" isExecutable="true">{body}</process></definitions>'
    ).encode()


class _Writer:
    def __init__(self) -> None:
        self.declared: set[tuple[str, str]] = set()

    def nodes(self, text: str) -> str:
        lines = [line for line in text.splitlines() if line.strip()]
        defaults = {}
        for line in lines:
            if "->" in line and line.endswith(" default"):
                ends = [one.strip() for one in line.removesuffix(" default").split("->")]
                defaults[ends[0]] = ".".join(ends)
        out, open_tags = [], []
        for line in lines:
            depth = len(line) - len(line.lstrip())
            while open_tags and open_tags[-1][0] >= depth:
                out.append(f"</{open_tags.pop()[1]}>")
            tag, written = self._line(line.strip(), defaults)
            out.append(written)
            if tag:
                open_tags.append((depth, tag))
        out += [f"</{tag}>" for _, tag in reversed(open_tags)]
        return "".join(out)

    def _line(self, line: str, defaults: dict[str, str]) -> tuple[str, str]:
        if line.startswith("<"):
            return "", line
        if "~" in line:
            source, target = (one.strip() for one in line.split("~"))
            return "", f'<association id="{source}.assoc" sourceRef="{source}" targetRef="{target}"/>'
        if "->" in line:
            return "", self._flows(line.removesuffix(" default"))
        return self._node(line, defaults)

    def _flows(self, line: str) -> str:
        path, _, condition = line.partition(" if ")
        ids = [one.strip() for one in path.split("->")]
        said = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
        flows = [f'<sequenceFlow id="{a}.{b}" sourceRef="{a}" targetRef="{b}">' for a, b in pairwise(ids)]
        return "</sequenceFlow>".join(flows) + said + "</sequenceFlow>"

    def _node(self, line: str, defaults: dict[str, str]) -> tuple[str, str]:
        head, _, tail = line.partition(" : ")
        kind, ident, *words = head.split()
        tag = KINDS.get(kind, kind)
        attributes = {"id": ident}
        if ident in defaults:
            attributes["default"] = defaults[ident]
        if kind == "on":
            attributes["triggeredByEvent"] = "true"
        host = words.index("on") if "on" in words else -1
        if host >= 0:
            attributes["attachedToRef"] = words[host + 1]
            words = words[:host] + words[host + 2 :]
        for word in words:
            if word == "quiet":
                attributes["cancelActivity" if tag == "boundaryEvent" else "isInterrupting"] = "false"
            elif word == "undoing":
                attributes["isForCompensation"] = "true"
            else:
                key, _, value = word.partition("=")
                attributes[key] = value.replace("_", " ") if key == "name" else value
        inside = ""
        for one in filter(None, tail.split(" & ")):
            if kind in ("receive", "send"):
                self.declared.add(("message", one))
                attributes["messageRef"] = f"message_{one}"
            elif kind == "call":
                attributes["calledElement"] = one
            else:
                inside += self._definition(one)
        written = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
        return tag, f"<{tag} {written}>{inside}"

    def _definition(self, said: str) -> str:
        kind, _, value = said.partition(" ")
        value = value.strip()
        if kind == "each":
            return f"<multiInstanceLoopCharacteristics>{_number(value)}</multiInstanceLoopCharacteristics>"
        if kind == "each-in-turn":
            return (
                f'<multiInstanceLoopCharacteristics isSequential="true">{_number(value)}'
                "</multiInstanceLoopCharacteristics>"
            )
        if kind == "while":
            return (
                f"<standardLoopCharacteristics><loopCondition>{escape(value)}</loopCondition>"
                "</standardLoopCharacteristics>"
            )
        if kind in ("timer", "date", "cycle"):
            tag = {"timer": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}[kind]
            return f"<timerEventDefinition><{tag}>{escape(value)}</{tag}></timerEventDefinition>"
        if kind == "when":
            return (
                f"<conditionalEventDefinition><condition>{escape(value)}</condition>"
                "</conditionalEventDefinition>"
            )
        if kind == "link":
            return f'<linkEventDefinition name="{value}"/>'
        if kind == "compensate":
            return (
                f'<compensateEventDefinition activityRef="{value}"/>'
                if value
                else "<compensateEventDefinition/>"
            )
        if kind in ("cancel", "terminate"):
            return f"<{kind}EventDefinition/>"
        if not value:
            return f"<{kind}EventDefinition/>"
        self.declared.add((kind, value))
        return f'<{kind}EventDefinition {kind}Ref="{kind}_{value}"/>'


def _number(value: str) -> str:
    number, _, until = value.partition(" until ")
    end = f"<completionCondition>{escape(until)}</completionCondition>" if until else ""
    return f"<loopCardinality>{escape(number)}</loopCardinality>{end}"


def python(text: str, names: dict, data: dict):
    """A stand-in for FEEL, so that these tests speak of execution alone: Python with `=` for equality."""
    text = text.replace("<=", "≤").replace(">=", "≥").replace("=", "==").replace("≤", "<=").replace("≥", ">=")
    known = {"true": True, "false": False, "null": None, **data, **names}
    return eval(text, {"__builtins__": {}, "len": len}, known)


class Play:
    """One running instance: does things to it and tells how it stands.

    After every event the state goes through JSON, and the state that went in must be as it was.
    """

    def __init__(self, text: str | bytes, *, executor: str = "marking", before: str = "", start=None, **data):
        xml = text if isinstance(text, bytes) else write(text, before)
        self.definition: Definition = load_definition(xml, pass_scripts=True)
        self.executor = get_executor(executor)
        self.data = data
        self.effects: list = []
        self.timers: dict[tuple[str, int, int], TimerSet] = {}
        self.state = None
        self.status = ""
        if start is not False:
            self.do(start or Start())

    def do(self, event) -> Play:
        before = json.dumps(self.state)
        step = self.executor.advance(
            self.definition, self.state, event, lambda text, names: python(text, dict(names), self.data)
        )
        assert json.dumps(self.state) == before, "the state that went in was changed"
        self.state, self.status = json.loads(json.dumps(step.state)), step.status
        assert self.state == step.state
        self.last = list(step.effects)
        self.effects += step.effects
        for effect in step.effects:
            if isinstance(effect, TimerSet):
                key = (effect.node, effect.token, effect.number)
                assert key not in self.timers, f"{key} set twice"
                self.timers[key] = effect
            elif isinstance(effect, TimerCleared):
                del self.timers[effect.node, effect.token, effect.number]
        return self

    def done(self, *nodes: str, **data) -> Play:
        """Complete the oldest open work of each node."""
        self.data |= data
        for node in nodes:
            self.do(Complete(self.token(node)))
        return self

    def fail(self, node: str, code: str) -> Play:
        return self.do(Fail(self.token(node), code))

    def message(self, name: str) -> Play:
        return self.do(Message(name))

    def signal(self, name: str) -> Play:
        return self.do(Signal(name))

    def fire(self, node: str, *, more: bool = False) -> Play:
        """Let the oldest armed timer of a node fall due."""
        key = min(key for key in self.timers if key[0] == node)
        if not more:
            del self.timers[key]
        return self.do(Fire(key[1], node, key[2], more))

    def changed(self, **data) -> Play:
        self.data |= data
        return self.do(DataChanged())

    def token(self, node: str) -> int:
        return next(token for at, token in self.executor.open_work(self.definition, self.state) if at == node)

    @property
    def open(self) -> list[str]:
        """Nodes of the open work, sorted."""
        return sorted(node for node, _ in self.executor.open_work(self.definition, self.state))

    @property
    def waiting(self) -> list[str]:
        return sorted(node for node, _ in self.executor.waiting(self.definition, self.state))

    @property
    def armed(self) -> list[str]:
        return sorted(node for node, _, _ in self.timers)

    def names(self, kind: type) -> list[str]:
        """Nodes of all effects of a kind, in order."""
        return [effect.node for effect in self.effects if isinstance(effect, kind)]

    @property
    def awaited(self) -> list[str]:
        return self.names(Awaited)


@pytest.fixture(scope="session")
def play():
    """play("start s\\n user a\\n s -> a") starts an instance and returns a `Play`."""
    return Play


@pytest.fixture(scope="session")
def bpmn():
    """bpmn("start s …") returns the XML."""
    return write
