"""Small diagrams for tests: write what the test is about, the rest is a sound process around it."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:other="urn:example:other" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:mc="urn:motcua:bpmn:1" id="defs" targetNamespace="urn:example">\n'
)
PERSON = 'mc:role="SPECIALIST" mc:unit="competent" mc:hours="2"'


def file(inner: str) -> bytes:
    """Return a file with `inner` at its top."""
    return f"{HEAD}{inner}\n</bpmn:definitions>".encode()


def process(inner: str, *, roots: str = "", attributes: str = 'isExecutable="true"', more: str = "") -> bytes:
    """Return a file with one process; `roots` stands before it, `more` after it."""
    return file(f'{roots}<bpmn:process id="p" name="Thủ tục" {attributes}>\n{inner}\n</bpmn:process>{more}')


def flow(source: str, target: str, condition: str = "", *, name: str = "", ident: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ident = ident or f"{source}_{target}"
    named = f' name="{name}"' if name else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{ident}"{named} {ends}>{inner}</bpmn:sequenceFlow>'


def person(ident: str, name: str = "", attributes: str = PERSON, inner: str = "") -> str:
    """Return a user task that lacks nothing."""
    return f'<bpmn:userTask id="{ident}" name="{name or ident}" {attributes}>{inner}</bpmn:userTask>'


def start(ident: str = "s", inner: str = "") -> str:
    return f'<bpmn:startEvent id="{ident}">{inner}</bpmn:startEvent>'


def end(ident: str = "e", inner: str = "") -> str:
    return f'<bpmn:endEvent id="{ident}">{inner}</bpmn:endEvent>'


def outcomes(*codes: str) -> str:
    inner = "".join(f'<mc:outcome code="{code}" name="Nút {code}"/>' for code in codes)
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def straight(*nodes: tuple[str, str], roots: str = "", more: str = "") -> bytes:
    """Return start → the nodes, given as (id, XML), → end."""
    idents = ["s", *(ident for ident, _ in nodes), "e"]
    flows = "".join(flow(one, after) for one, after in pairwise(idents))
    return process(start() + "".join(xml for _, xml in nodes) + end() + flows, roots=roots, more=more)


MESSAGE = '<bpmn:message id="M" name="xac-nhan"/>'
CATCH = '<bpmn:intermediateCatchEvent id="{0}">{1}</bpmn:intermediateCatchEvent>'
TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>{0}</bpmn:timeDuration></bpmn:timerEventDefinition>"
HOUR = TIMER.format("PT1H")
LINK = '<bpmn:linkEventDefinition name="{0}"/>'
COMPENSATE = "<bpmn:compensateEventDefinition/>"


def node(kind, ident, inner="", **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{kind} id="{ident}"{said}>{inner}</bpmn:{kind}>'


def catch(ident, inner):
    return CATCH.format(ident, inner)


def boundary(ident, host, inner, **attributes):
    return node("boundaryEvent", ident, inner, attachedToRef=host, **attributes)


def message_event(ident, reference="M"):
    return catch(ident, f'<bpmn:messageEventDefinition messageRef="{reference}"/>')


def chosen(*flows, kind="exclusiveGateway", default=""):
    """Return start → gateway → the given flows into a and b → end."""
    said = {"default": default} if default else {}
    return process(
        start()
        + node(kind, "g", name="Đạt?", **said)
        + person("a")
        + person("b")
        + end()
        + flow("s", "g")
        + "".join(flows)
        + flow("a", "e")
        + flow("b", "e")
    )


def inside(inner, kind="subProcess", beside="", **attributes):
    """Return start → sub-process holding `inner` → end."""
    return process(
        start()
        + node(kind, "sub", inner, **attributes)
        + end()
        + beside
        + flow("s", "sub")
        + flow("sub", "e")
    )


def plain_inside(extra=""):
    return start("s1") + person("a") + end("e1") + flow("s1", "a") + flow("a", "e1") + extra


def looped(inner, **attributes):
    return straight(
        ("a", person("a", inner=node("multiInstanceLoopCharacteristics", "mi", inner, **attributes)))
    )


def after_event_gateway(*targets, **attributes):
    """Return start → event-based gateway → the targets, given as (id, XML) → end."""
    return process(
        start()
        + node("eventBasedGateway", "g", **attributes)
        + "".join(xml for _, xml in targets)
        + end()
        + flow("s", "g")
        + "".join(flow("g", ident) + flow(ident, "e") for ident, _ in targets),
        roots=MESSAGE,
    )


def pools(flows, inner=""):
    return process(
        inner
        or (start() + person("a") + person("b") + end() + flow("s", "a") + flow("a", "b") + flow("b", "e")),
        roots=MESSAGE + '<bpmn:collaboration id="c"><bpmn:participant id="us" name="Sở" processRef="p"/>'
        '<bpmn:participant id="them" name="Công an"/>' + flows + "</bpmn:collaboration>",
    )


GOOD = process(
    start()
    + person("receive", "Tiếp nhận hồ sơ", f'mc:kind="receive" {PERSON}')
    + person(
        "appraise",
        "Thẩm định hồ sơ",
        f'mc:kind="appraise" mc:decision="result" {PERSON}',
        outcomes("pass", "supplement"),
    )
    + '<bpmn:exclusiveGateway id="g" name="Đạt?" default="g_e"/>'
    + person("wait", "Chờ công dân bổ sung", f'mc:kind="wait_citizen" {PERSON}')
    + '<bpmn:boundaryEvent id="late" name="Quá 30 ngày" attachedToRef="wait">'
    '<bpmn:timerEventDefinition id="t">'
    "<bpmn:timeDuration>P30D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    + end()
    + end("e2")
    + flow("s", "receive")
    + flow("receive", "appraise")
    + flow("appraise", "g")
    + flow("g", "wait", 'result = "supplement"', name="Bổ sung")
    + flow("g", "e", name="Đạt", ident="g_e")
    + flow("wait", "appraise")
    + flow("late", "e2")
)
