"""Faults of the file, of flows, conditions and gateways, each planted once."""

import pytest
from drawings import (
    HOUR,
    MESSAGE,
    after_event_gateway,
    boundary,
    catch,
    chosen,
    end,
    file,
    flow,
    inside,
    message_event,
    node,
    person,
    plain_inside,
    process,
    start,
    straight,
)
from planted import check_found

from engine.bpmn.lint import lint

FAULTS = [
    # --- the file ----------------------------------------------------------------------------------
    ("no process", file("<bpmn:message mc:x=''/>"), "no-process", ""),
    ("nothing is executable", process(person("a"), attributes=""), "not-executable", "p"),
    (
        "a public process is executable",
        process(person("a"), attributes='isExecutable="true" processType="Public"'),
        "public-executable",
        "p",
    ),
    ("an empty process", process(""), "empty", "p"),
    ("an id used twice", process(person("a") + person("a")), "same-id", "a"),
    ("a node without id", process("<bpmn:task name='x'/>"), "no-id", "p"),
    ("a text format that is none", process('<bpmn:documentation textFormat="html"/>'), "text-format", "p"),
    (
        "a shape of something deleted",
        process(
            person("a"),
            more='<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="p">'
            '<bpmndi:BPMNShape id="gone_di" bpmnElement="gone"/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>',
        ),
        "drawn-nothing",
        "gone_di",
    ),
    ("a reference to nothing", process(person("a", attributes='default="gone"')), "dangling-reference", "a"),
    (
        "a reference to the wrong kind",
        straight(("a", node("receiveTask", "a", messageRef="S")), roots='<bpmn:signal id="S" name="s"/>'),
        "wrong-reference",
        "a",
    ),
    # --- flows -------------------------------------------------------------------------------------
    ("a flow to nothing", process(start() + flow("s", "gone")), "flow-dangling", "s_gone"),
    (
        "a flow to a note",
        process(start() + '<bpmn:textAnnotation id="n"/>' + flow("s", "n")),
        "flow-not-node",
        "s_n",
    ),
    (
        "a flow into a sub-process",
        inside(plain_inside(), beside=person("b") + flow("b", "a")),
        "flow-crosses-scope",
        "b_a",
    ),
    (
        "a flow between two processes",
        process(start() + flow("s", "x"), more=f'<bpmn:process id="q">{person("x")}</bpmn:process>'),
        "flow-crosses-scope",
        "s_x",
    ),
    ("a flow into a start event", process(start() + person("a") + flow("a", "s")), "start-incoming", "s"),
    ("a flow out of an end event", process(end() + person("a") + flow("e", "a")), "end-outgoing", "e"),
    (
        "a flow into a boundary event",
        process(person("a") + boundary("b", "a", HOUR) + flow("a", "b")),
        "boundary-incoming",
        "b",
    ),
    (
        "a flow into an event sub-process",
        inside(start("s1", HOUR), triggeredByEvent="true"),
        "event-sub-flow",
        "sub",
    ),
    (
        "a flow into a compensation activity",
        straight(("a", person("a", attributes='isForCompensation="true" mc:role="R"'))),
        "compensation-flow",
        "a",
    ),
    (
        "a flow into a task that starts the process",
        straight(
            ("b", person("b")),
            ("a", node("receiveTask", "a", messageRef="M", instantiate="true")),
            roots=MESSAGE,
        ),
        "instantiate-incoming",
        "a",
    ),
    (
        "an incoming flow that is none",
        straight(("a", person("a", inner="<bpmn:incoming>a_e</bpmn:incoming>"))),
        "flow-list",
        "a",
    ),
    (
        "an outgoing flow left out",
        process(
            start()
            + node("parallelGateway", "g", "<bpmn:outgoing>g_a</bpmn:outgoing>")
            + person("a")
            + person("b")
            + flow("s", "g")
            + flow("g", "a")
            + flow("g", "b")
        ),
        "flow-list",
        "g",
    ),
    (
        "a flow that may be interrupted",
        process(start() + person("a") + flow("s", "a").replace("sourceRef", 'isImmediate="false" sourceRef')),
        "flow-not-immediate",
        "s_a",
    ),
    # --- conditions --------------------------------------------------------------------------------
    (
        "a choice without condition",
        chosen(flow("g", "a", "x = 1"), flow("g", "b")),
        "condition-missing",
        "g_b",
    ),
    (
        "a choice without any condition",
        chosen(flow("g", "a"), flow("g", "b"), kind="inclusiveGateway"),
        "condition-missing",
        "g_a",
    ),
    (
        "an empty condition",
        chosen(flow("g", "a", " "), flow("g", "b", "x = 2")),
        "condition-empty",
        "g_a",
    ),
    (
        "a condition on a parallel gateway",
        chosen(flow("g", "a", "x = 1"), flow("g", "b"), kind="parallelGateway"),
        "condition-where",
        "g_a",
    ),
    (
        "a condition after a start event",
        process(start() + person("a") + end() + flow("s", "a", "x = 1") + flow("a", "e")),
        "condition-where",
        "s_a",
    ),
    (
        "the only way out has a condition",
        process(start() + person("a") + end() + flow("s", "a") + flow("a", "e", "x = 1")),
        "condition-alone",
        "a_e",
    ),
    (
        "a default that leaves elsewhere",
        chosen(flow("g", "a", "x = 1"), flow("g", "b", "x = 2"), default="a_e"),
        "default-not-outgoing",
        "g",
    ),
    (
        "a default with a condition",
        chosen(flow("g", "a", "x = 1"), flow("g", "b", "x = 2"), default="g_a"),
        "default-with-condition",
        "g_a",
    ),
    (
        "a condition that is not FEEL",
        chosen(flow("g", "a", "x =="), flow("g", "b"), default="g_b"),
        "expression",
        "g_a",
    ),
    (
        "a condition of another engine",
        chosen(flow("g", "a", "${x.get(1)}"), flow("g", "b"), default="g_b"),
        "expression",
        "g_a",
    ),
    (
        "a condition of another engine that can be read",
        chosen(flow("g", "a", "${x == 1}"), flow("g", "b"), default="g_b"),
        "expression-foreign",
        "g_a",
    ),
    (
        "a condition in another language",
        chosen(
            flow("g", "a", "x = 1").replace(
                "<bpmn:conditionExpression>", '<bpmn:conditionExpression language="java">'
            ),
            flow("g", "b"),
            default="g_b",
        ),
        "expression-language",
        "g_a",
    ),
    # --- gateways ----------------------------------------------------------------------------------
    ("a gateway for nothing", straight(("g", node("exclusiveGateway", "g"))), "gateway-pointless", "g"),
    (
        "a gateway against its direction",
        straight(("g", node("parallelGateway", "g", gatewayDirection="Diverging"))),
        "gateway-direction",
        "g",
    ),
    (
        "an event gateway that waits for a task",
        after_event_gateway(("a", person("a")), ("m", message_event("m"))),
        "event-gateway-targets",
        "a",
    ),
    (
        "an event gateway with one event",
        after_event_gateway(("m", message_event("m"))),
        "event-gateway-targets",
        "g",
    ),
    (
        "an event gateway that mixes",
        after_event_gateway(("m", message_event("m")), ("r", node("receiveTask", "r", messageRef="M"))),
        "event-gateway-mixed",
        "g",
    ),
    (
        "an event of a gateway with another way in",
        after_event_gateway(("m", message_event("m")), ("t", catch("t", HOUR) + flow("s", "t"))),
        "event-gateway-shared",
        "t",
    ),
    (
        "a receive task after an event gateway with a boundary event",
        after_event_gateway(
            ("r", node("receiveTask", "r", messageRef="M") + boundary("b", "r", HOUR)),
            ("t", catch("t", HOUR)),
        ),
        "event-gateway-boundary",
        "r",
    ),
    (
        "an event gateway that starts a process by a timer",
        after_event_gateway(("t", catch("t", HOUR)), ("m", message_event("m")), instantiate="true"),
        "event-gateway-start",
        "t",
    ),
    (
        "a parallel event gateway in the middle",
        after_event_gateway(("t", catch("t", HOUR)), ("m", message_event("m")), eventGatewayType="Parallel"),
        "event-gateway-parallel",
        "g",
    ),
    (
        "a gateway that leads back to itself",
        chosen(flow("g", "a", "x"), flow("g", "b", "y"), flow("g", "g", "z")),
        "gateway-circle",
        "g",
    ),
    (
        "a circle of two gateways",
        process(
            start()
            + node("exclusiveGateway", "g")
            + node("exclusiveGateway", "h", default="h_e")
            + end()
            + flow("s", "g")
            + flow("g", "h")
            + flow("h", "g", "x")
            + flow("h", "e")
        ),
        "gateway-circle",
        "g",
    ),
    (
        "a complex join without activation",
        process(
            start()
            + node("complexGateway", "g")
            + person("a")
            + person("b")
            + end()
            + flow("s", "a")
            + flow("s", "b")
            + flow("a", "g")
            + flow("b", "g")
            + flow("g", "e")
        ),
        "complex-activation",
        "g",
    ),
]


@pytest.mark.parametrize(("xml", "rule", "element"), [pytest.param(*one[1:], id=one[0]) for one in FAULTS])
def test_a_planted_fault_is_found_where_it_is(xml, rule, element):
    check_found(xml, rule, element)


def test_a_circle_through_a_step_is_no_fault():
    xml = process(
        start()
        + node("exclusiveGateway", "g")
        + person("a")
        + node("exclusiveGateway", "h", default="h_e")
        + end()
        + flow("s", "g")
        + flow("g", "a")
        + flow("a", "h")
        + flow("h", "g", "x")
        + flow("h", "e")
    )

    assert "gateway-circle" not in {one.rule for one in lint(xml)}
