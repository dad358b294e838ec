"""Faults of events and of what they wait for, each planted once."""

import pytest
from drawings import (
    COMPENSATE,
    HOUR,
    LINK,
    MESSAGE,
    TIMER,
    boundary,
    catch,
    end,
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

CODES = {
    kind: f'<bpmn:{kind} id="E1" {kind}Code="C1"/><bpmn:{kind} id="E2" {kind}Code="C1"/>'
    f'<bpmn:{kind} id="E3" {kind}Code="C3"/>'
    for kind in ("error", "escalation")
}


def caught(kind, *references):
    """Return a sub-process that may throw, with a boundary event for each reference; "" catches all."""
    boundaries = "".join(
        boundary(
            f"b{n}", "sub", node(f"{kind}EventDefinition", f"d{n}", **({f"{kind}Ref": one} if one else {}))
        )
        + flow(f"b{n}", "e")
        for n, one in enumerate(references, start=1)
    )
    thrown = f'<bpmn:{kind}EventDefinition {kind}Ref="E1"/>'
    inner = start("s1") + end("e1", thrown) + flow("s1", "e1")
    return process(
        start() + node("subProcess", "sub", inner) + end() + flow("s", "sub") + flow("sub", "e") + boundaries,
        roots=CODES[kind],
    )


FAULTS = [
    # --- events ------------------------------------------------------------------------------------
    ("an event that waits for nothing", straight(("c", catch("c", ""))), "event-without-kind", "c"),
    (
        "a timer that is thrown",
        straight(("t", node("intermediateThrowEvent", "t", HOUR))),
        "event-kind",
        "t",
    ),
    (
        "an error that starts a process",
        process(start("s", "<bpmn:errorEventDefinition/>")),
        "event-kind",
        "s",
    ),
    ("a trigger inside a plain sub-process", inside(start("s1", HOUR) + person("a")), "event-kind", "s1"),
    (
        "a boundary event on a gateway",
        process(node("parallelGateway", "g") + boundary("b", "g", HOUR)),
        "wrong-reference",
        "b",
    ),
    ("a boundary event on nothing", process(boundary("b", "gone", HOUR)), "dangling-reference", "b"),
    (
        "a boundary event on a step elsewhere",
        inside(plain_inside(), beside=boundary("b", "a", HOUR)),
        "boundary-host",
        "b",
    ),
    (
        "a boundary event that leads nowhere",
        straight(("a", person("a") + boundary("b", "a", HOUR))),
        "boundary-outgoing",
        "b",
    ),
    (
        "an error that does not interrupt",
        straight(
            ("a", person("a") + boundary("b", "a", "<bpmn:errorEventDefinition/>", cancelActivity="false"))
        ),
        "must-interrupt",
        "b",
    ),
    (
        "a cancel end outside a transaction",
        process(end("e", "<bpmn:cancelEventDefinition/>")),
        "cancel-where",
        "e",
    ),
    (
        "a cancel boundary on a task",
        straight(("a", person("a") + boundary("b", "a", "<bpmn:cancelEventDefinition/>"))),
        "cancel-where",
        "b",
    ),
    (
        "a cancelled transaction that nobody catches",
        inside(
            start("s1") + end("e1", "<bpmn:cancelEventDefinition/>") + flow("s1", "e1"), kind="transaction"
        ),
        "cancel-uncaught",
        "sub",
    ),
    (
        "a cancel end in an event sub-process of a transaction that nobody catches",
        inside(
            plain_inside(
                node(
                    "subProcess",
                    "es",
                    start("s2", HOUR) + end("e2", "<bpmn:cancelEventDefinition/>") + flow("s2", "e2"),
                    triggeredByEvent="true",
                )
            ),
            kind="transaction",
        ),
        "cancel-uncaught",
        "sub",
    ),
    ("two errors of one code on one step", caught("error", "E1", "E1"), "caught-twice", "b2"),
    ("two errors of one code by two names", caught("error", "E1", "E2"), "caught-twice", "b2"),
    ("two that catch every error", caught("error", "", ""), "caught-twice", "b2"),
    ("two escalations of one code on one step", caught("escalation", "E1", "E1"), "caught-twice", "b2"),
    (
        "two event sub-processes for the errors of one code",
        inside(
            plain_inside(
                "".join(
                    node(
                        "subProcess",
                        ident,
                        start(f"s{ident}", '<bpmn:errorEventDefinition errorRef="E1"/>')
                        + end(f"e{ident}")
                        + flow(f"s{ident}", f"e{ident}"),
                        triggeredByEvent="true",
                    )
                    for ident in ("x", "y")
                )
            )
        ).replace(b"<bpmn:process", CODES["error"].encode() + b"<bpmn:process", 1),
        "caught-twice",
        "sy",
    ),
    (
        "two event sub-processes that undo the same part",
        inside(
            plain_inside(
                "".join(
                    node(
                        "subProcess",
                        ident,
                        start(f"s{ident}", COMPENSATE) + end(f"e{ident}") + flow(f"s{ident}", f"e{ident}"),
                        triggeredByEvent="true",
                    )
                    for ident in ("x", "y")
                )
            )
        ),
        "caught-twice",
        "sy",
    ),
    (
        "two cancel events at one transaction",
        inside(
            start("s2") + end("e2", "<bpmn:cancelEventDefinition/>") + flow("s2", "e2"),
            kind="transaction",
            beside="".join(
                boundary(ident, "sub", "<bpmn:cancelEventDefinition/>") + flow(ident, "e")
                for ident in ("b1", "b2")
            ),
        ),
        "caught-twice",
        "b2",
    ),
    (
        "a parallel multiple event that waits for one thing",
        straight(("c", node("intermediateCatchEvent", "c", HOUR, parallelMultiple="true"))),
        "together-alone",
        "c",
    ),
    (
        "a compensation event without handler",
        straight(("a", person("a") + boundary("b", "a", COMPENSATE))),
        "compensation-handler",
        "b",
    ),
    (
        "a compensation event with a flow",
        straight(("a", person("a") + boundary("b", "a", COMPENSATE) + flow("b", "e"))),
        "compensation-outgoing",
        "b",
    ),
    (
        "a compensation activity that nobody runs",
        process(person("a", attributes='isForCompensation="true" mc:role="R"')),
        "compensation-unused",
        "a",
    ),
    (
        "compensation of a step without handler",
        straight(
            ("a", person("a")),
            ("t", node("intermediateThrowEvent", "t", '<bpmn:compensateEventDefinition activityRef="a"/>')),
        ),
        "compensation-nothing",
        "t",
    ),
    (
        "two starts of an event sub-process",
        inside(start("s1", HOUR) + start("s2", HOUR), triggeredByEvent="true"),
        "event-sub-start",
        "sub",
    ),
    (
        "a start in an ad-hoc sub-process",
        inside(start("s1") + person("a"), kind="adHocSubProcess"),
        "ad-hoc-event",
        "s1",
    ),
    ("an ad-hoc sub-process without work", inside("", kind="adHocSubProcess"), "ad-hoc-empty", "sub"),
    (
        "a link without target",
        straight(("t", node("intermediateThrowEvent", "t", LINK.format("x")))),
        "link-target",
        "t",
    ),
    ("a link without source", process(catch("c", LINK.format("x"))), "link-source", "c"),
    (
        "two targets of a link",
        process(catch("c", LINK.format("x")) + catch("d", LINK.format("x"))),
        "link-twice",
        "d",
    ),
    ("a flow into the target of a link", straight(("c", catch("c", LINK.format("x")))), "link-flow", "c"),
    ("a link that also waits", straight(("c", catch("c", LINK.format("x") + HOUR))), "link-alone", "c"),
    # --- what events wait for ----------------------------------------------------------------------
    ("a timer without time", straight(("c", catch("c", "<bpmn:timerEventDefinition/>"))), "timer-time", "c"),
    ("a time that is none", straight(("c", catch("c", TIMER.format("P0X")))), "timer-bad", "c"),
    (
        "a timer that fires for ever",
        straight(("c", catch("c", TIMER.replace("timeDuration", "timeCycle").format("R/PT0S")))),
        "timer-bad",
        "c",
    ),
    (
        "an office reminded every second for ever",
        straight(
            ("c", catch("c", TIMER.replace("timeDuration", "timeCycle").format("R/PT1S"))),
        ).replace(b"<bpmn:process ", b'<bpmn:process mc:procedure="P01" '),
        "timer-haste",
        "c",
    ),
    ("a time in prose", straight(("c", catch("c", TIMER.format("30 ngày sau")))), "expression", "c"),
    ("a message event without message", straight(("c", message_event("c", ""))), "message-missing", "c"),
    ("a receive task without message", straight(("r", node("receiveTask", "r"))), "message-missing", "r"),
    ("a send task without message", straight(("r", node("sendTask", "r"))), "message-missing", "r"),
    (
        "a signal event without signal",
        straight(("c", catch("c", "<bpmn:signalEventDefinition/>"))),
        "signal-missing",
        "c",
    ),
    (
        "a conditional event without condition",
        straight(("c", catch("c", "<bpmn:conditionalEventDefinition/>"))),
        "condition-empty",
        "c",
    ),
    ("an error thrown without code", process(end("e", "<bpmn:errorEventDefinition/>")), "error-missing", "e"),
    (
        "an error whose code is missing",
        process(end("e", '<bpmn:errorEventDefinition errorRef="E"/>'), roots='<bpmn:error id="E" name="x"/>'),
        "error-code",
        "E",
    ),
    (
        "an escalation thrown without code",
        process(end("e", "<bpmn:escalationEventDefinition/>")),
        "escalation-missing",
        "e",
    ),
    ("a message without name", process(person("a"), roots='<bpmn:message id="M"/>'), "message-name", "M"),
    (
        "two messages of one name",
        process(person("a"), roots=MESSAGE + MESSAGE.replace('"M"', '"N"')),
        "message-twice",
        "N",
    ),
]


@pytest.mark.parametrize(("xml", "rule", "element"), [pytest.param(*one[1:], id=one[0]) for one in FAULTS])
def test_a_planted_fault_is_found_where_it_is(xml, rule, element):
    check_found(xml, rule, element)


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_two_codes_and_a_catcher_of_all_the_others_may_stand_on_one_step(kind):
    assert "caught-twice" not in {one.rule for one in lint(caught(kind, "E1", "E3", ""))}


def test_two_events_that_all_must_happen_are_no_fault():
    both = '<bpmn:signalEventDefinition signalRef="S"/>' + HOUR
    xml = straight(
        ("c", node("intermediateCatchEvent", "c", both, parallelMultiple="true")),
        roots='<bpmn:signal id="S" name="bao"/>',
    )

    assert [one for one in lint(xml) if one.element == "c"] == []


def test_a_cancelled_transaction_that_goes_on_is_no_fault():
    cancel = "<bpmn:cancelEventDefinition/>"
    xml = inside(
        start("s1") + end("e1", cancel) + flow("s1", "e1"),
        kind="transaction",
        beside=boundary("b", "sub", cancel) + flow("b", "e"),
    )

    assert "cancel-uncaught" not in {one.rule for one in lint(xml)}
