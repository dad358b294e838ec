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
