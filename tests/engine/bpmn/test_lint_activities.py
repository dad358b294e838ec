"""Faults of activities, of the ways through a process, of pools, lanes and data, each planted once."""

import pytest
from drawings import MESSAGE, end, flow, inside, looped, node, person, pools, process, start, straight
from planted import check_found

FAULTS = [
    # --- activities --------------------------------------------------------------------------------
    ("too few tokens", straight(("a", person("a", attributes='startQuantity="0"'))), "bad-count", "a"),
    ("several runs, but how many", looped(""), "multi-without-number", "a"),
    (
        "a number and a list",
        looped(
            "<bpmn:loopCardinality>3</bpmn:loopCardinality><bpmn:loopDataInputRef>list</bpmn:loopDataInputRef>"
        ),
        "multi-both",
        "a",
    ),
    ("a thousand runs", looped("<bpmn:loopCardinality>1000</bpmn:loopCardinality>"), "bad-count", "a"),
    (
        "runs that announce nothing",
        looped("<bpmn:loopCardinality>3</bpmn:loopCardinality>", behavior="One"),
        "multi-event",
        "a",
    ),
    (
        "an endless loop",
        straight(("a", person("a", inner='<bpmn:standardLoopCharacteristics id="l"/>'))),
        "loop-endless",
        "a",
    ),
    (
        "two loops",
        straight(
            (
                "a",
                person(
                    "a",
                    inner='<bpmn:standardLoopCharacteristics id="l" loopMaximum="3"/>'
                    '<bpmn:multiInstanceLoopCharacteristics id="m"/>',
                ),
            )
        ),
        "loop-twice",
        "a",
    ),
    ("a call of nothing", straight(("c", node("callActivity", "c"))), "call-missing", "c"),
    (
        "a call of a step",
        straight(("a", person("a")), ("c", node("callActivity", "c", calledElement="a"))),
        "wrong-reference",
        "c",
    ),
    (
        "a process that calls itself",
        straight(("c", node("callActivity", "c", calledElement="p"))),
        "call-recursion",
        "c",
    ),
    (
        "two processes that call each other",
        straight(
            ("c", node("callActivity", "c", calledElement="q")),
            more='<bpmn:process id="q">' + node("callActivity", "d", calledElement="p") + "</bpmn:process>",
        ),
        "call-recursion",
        "d",
    ),
    (
        "a called process that waits for a message",
        straight(
            ("c", node("callActivity", "c", calledElement="q")),
            roots=MESSAGE,
            more='<bpmn:process id="q">'
            + start("qs", '<bpmn:messageEventDefinition messageRef="M"/>')
            + "</bpmn:process>",
        ),
        "call-start",
        "c",
    ),
    (
        "a service that is called",
        straight(("a", node("serviceTask", "a", implementation="http://example.org/pay"))),
        "service-call",
        "a",
    ),
    (
        "a script",
        straight(("a", node("scriptTask", "a", "<bpmn:script>x = 1</bpmn:script>"))),
        "not-supported",
        "a",
    ),
    # --- where a dossier can get to ----------------------------------------------------------------
    ("no start", process(person("a") + end() + flow("a", "e")), "no-start", "p"),
    ("no end", process(start() + person("a") + flow("s", "a")), "no-end", "p"),
    ("an empty sub-process", inside(""), "empty", "sub"),
    (
        "a node that nothing leads to",
        straight(("a", person("a") + person("lost") + flow("lost", "e"))),
        "no-way-in",
        "lost",
    ),
    (
        "a loop that nothing leads to",
        straight(("a", person("a") + person("x") + person("y") + flow("x", "y") + flow("y", "x"))),
        "unreachable",
        "x",
    ),
    (
        "a node that leads nowhere",
        straight(("a", person("a") + person("b") + flow("a", "b"))),
        "leads-nowhere",
        "b",
    ),
    (
        "a loop without way out",
        process(
            start()
            + node("parallelGateway", "g")
            + person("a")
            + person("b")
            + person("c")
            + end()
            + flow("s", "g")
            + flow("g", "a")
            + flow("a", "e")
            + flow("g", "b")
            + flow("b", "c")
            + flow("c", "b")
        ),
        "no-way-to-end",
        "b",
    ),
    (
        "parallel branches that meet at a step",
        process(
            start()
            + node("parallelGateway", "g")
            + person("a")
            + person("b")
            + person("c")
            + end()
            + flow("s", "g")
            + flow("g", "a")
            + flow("g", "b")
            + flow("a", "c")
            + flow("b", "c")
            + flow("c", "e")
        ),
        "implicit-join",
        "c",
    ),
    (
        "a step with two flows",
        process(
            start() + person("a") + end("e") + end("e2") + flow("s", "a") + flow("a", "e") + flow("a", "e2")
        ),
        "implicit-split",
        "a",
    ),
    # --- pools, lanes, data ------------------------------------------------------------------------
    (
        "a message inside one pool",
        pools('<bpmn:messageFlow id="mf" sourceRef="a" targetRef="b"/>'),
        "message-flow-inside",
        "mf",
    ),
    (
        "a message from a start event",
        pools('<bpmn:messageFlow id="mf" sourceRef="s" targetRef="them"/>'),
        "message-flow-end",
        "mf",
    ),
    (
        "a message to a gateway",
        pools('<bpmn:messageFlow id="mf" sourceRef="them" targetRef="p"/>'),
        "wrong-reference",
        "mf",
    ),
    (
        "two pools of one process",
        pools('<bpmn:participant id="again" processRef="p"/>'),
        "participant-shared",
        "again",
    ),
    (
        "fewer participants than one",
        pools(
            '<bpmn:participant id="x"><bpmn:participantMultiplicity minimum="3" maximum="2"/></bpmn:participant>'
        ),
        "participant-number",
        "x",
    ),
    (
        "a step in two lanes",
        process(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l1"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
            '<bpmn:lane id="l2"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
            + person("a")
        ),
        "lane-twice",
        "l2",
    ),
    (
        "a lane with a step of another process",
        process(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l1"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
            more=f'<bpmn:process id="q">{person("x")}</bpmn:process>',
        ),
        "lane-foreign",
        "l1",
    ),
    (
        "an input outside every set",
        straight(
            (
                "a",
                person(
                    "a",
                    inner='<bpmn:ioSpecification><bpmn:dataInput id="in"/><bpmn:inputSet id="is"/>'
                    '<bpmn:outputSet id="os"/></bpmn:ioSpecification>',
                ),
            )
        ),
        "data-outside-set",
        "in",
    ),
    (
        "an optional input that is none",
        straight(
            (
                "a",
                person(
                    "a",
                    inner='<bpmn:ioSpecification><bpmn:dataInput id="in"/><bpmn:dataInput id="in2"/>'
                    '<bpmn:inputSet id="is"><bpmn:dataInputRefs>in</bpmn:dataInputRefs>'
                    "<bpmn:optionalInputRefs>in2</bpmn:optionalInputRefs></bpmn:inputSet>"
                    '<bpmn:outputSet id="os"/></bpmn:ioSpecification>',
                ),
            )
        ),
        "data-subset",
        "is",
    ),
]


@pytest.mark.parametrize(("xml", "rule", "element"), [pytest.param(*one[1:], id=one[0]) for one in FAULTS])
def test_a_planted_fault_is_found_where_it_is(xml, rule, element):
    check_found(xml, rule, element)
