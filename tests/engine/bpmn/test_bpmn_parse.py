"""From XML to the frozen model, and every reason to refuse a diagram."""

import dataclasses

import pytest

from engine.bpmn.definitions import load_definition
from engine.bpmn.model import BoundaryEvent, CallActivity, MultiInstance, SubProcess, TimerDefinition
from engine.bpmn.parse import BadDiagram, parse_bpmn

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:mc="urn:motcua:bpmn:1" xmlns:x="urn:x">'
)


def diagram(inside, around=""):
    return f'{HEAD}{around}<process id="p" isExecutable="true">{inside}</process></definitions>'.encode()


def flow(ident, source, target, inside=""):
    return f'<sequenceFlow id="{ident}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def problems(xml, **options):
    with pytest.raises(BadDiagram) as refusal:
        parse_bpmn(xml, **options)
    found = refusal.value.facts["problems"]
    assert all(problem.message.vi and problem.message.en for problem in found)
    assert all(problem.message.vi != problem.message.en for problem in found)
    assert refusal.value.say("vi") != refusal.value.say("en")
    return {(problem.rule, problem.element) for problem in found}


SOUND = diagram(
    '<startEvent id="s"/><userTask id="a" name=" Kiểm tra " default="f3">'
    '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics></userTask>"
    '<boundaryEvent id="t" attachedToRef="a" cancelActivity="false"><timerEventDefinition mc:clock="working">'
    "<timeDuration>PT8H</timeDuration></timerEventDefinition></boundaryEvent>"
    '<subProcess id="q"><userTask id="inner"/></subProcess><callActivity id="c" calledElement="other"/>'
    + flow("f1", "s", "a")
    + flow("f2", "a", "q", "<conditionExpression> x = 1 </conditionExpression>")
    + flow("f3", "a", "c"),
    around='<process id="other"><userTask id="o"/></process>',
)


def test_nodes_are_of_their_kind_and_know_their_flows():
    model = parse_bpmn(SOUND)
    task = model.nodes["a"]
    assert (task.kind, task.name, task.default, task.boundaries) == ("userTask", "Kiểm tra", "f3", ("t",))
    assert [(f.id, f.source, f.target, f.condition) for f in task.outgoing] == [
        ("f2", "a", "q", "x = 1"),
        ("f3", "a", "c", ""),
    ]
    assert isinstance(task.loop, MultiInstance)
    assert task.loop.sequential
    timer = model.nodes["t"]
    assert isinstance(timer, BoundaryEvent)
    assert (timer.host, timer.interrupting) == ("a", False)
    assert timer.definitions == (TimerDefinition(time="duration", text="PT8H", working=True),)
    assert isinstance(model.nodes["q"], SubProcess)
    assert (model.nodes["inner"].scope, model.scopes["q"].parent) == ("q", "p")
    assert isinstance(model.nodes["c"], CallActivity)
    assert (model.processes, model.executable) == (("other", "p"), ("p",))


def test_the_model_is_frozen():
    node = parse_bpmn(SOUND).nodes["a"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.name = "b"


def test_what_is_only_drawn_beside_the_flow_is_left_alone():
    parse_bpmn(
        diagram(
            "<documentation>x</documentation><extensionElements><x:any/></extensionElements>"
            '<laneSet id="l"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
            '<dataObject id="d"/><dataObjectReference id="dr" dataObjectRef="d"/>'
            '<textAnnotation id="ta"><text>hi</text></textAnnotation><association id="as" sourceRef="a" targetRef="ta"/>'
            '<group id="g"/><userTask id="a" x:foreign="1"/>',
            around='<collaboration id="col"><participant id="pa" processRef="p"/></collaboration>',
        )
    )


TYPES = '<import importType="http://www.w3.org/2001/XMLSchema" location="http://127.0.0.1/x" namespace="y"/>'


def test_imported_types_that_nothing_refers_to_are_carried_and_never_fetched():
    model = parse_bpmn(diagram('<userTask id="a"/>', around=TYPES))
    assert model.imported == ("http://127.0.0.1/x",)


def test_a_reference_into_an_imported_file_is_refused():
    call = '<callActivity xmlns:q="y" id="a" calledElement="q:p2"/>'
    assert ("import", "a") in problems(diagram(call, around=TYPES))


def test_nodes_without_an_id_get_the_next_free_one():
    model = parse_bpmn(diagram('<userTask id="userTask_1"/><userTask/><userTask/>'))
    assert sorted(model.nodes) == ["userTask_1", "userTask_2", "userTask_3"]


def test_references_may_have_a_prefix():
    model = parse_bpmn(
        diagram(
            '<startEvent id="s"/><receiveTask id="a" messageRef="t:m"/>'
            '<sequenceFlow id="f" sourceRef="t:s" targetRef="t:a"/>',
            around='<message id="m" name="M"/>',
        )
    )
    assert (model.nodes["a"].definition.ref, model.nodes["a"].incoming[0].source) == ("M", "s")


def test_all_problems_are_told_at_once():
    found = problems(
        diagram(
            '<startEvent id="s"/><scriptTask id="x"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="no"/>'
            + flow("f1", "s", "nowhere")
            + flow("f2", "e", "s")
        )
    )
    assert found == {
        ("script", "x"),
        ("flow-end", "f1"),
        ("flow-into-event", "s"),
        ("flow-out-of-end", "e"),
        ("no-definition", "b"),
        ("attached-nowhere", "b"),
    }


def one(kind, inside, **attributes):
    written = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="n" {written}>{inside}</{kind}>'


TIMER = "<timerEventDefinition>{}</timerEventDefinition>"
MULTI = "<multiInstanceLoopCharacteristics>{}</multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        pytest.param(one("intermediateCatchEvent", ""), "no-definition", id="catch without trigger"),
        pytest.param(one("intermediateCatchEvent", TIMER.format("")), "no-time", id="timer without time"),
        pytest.param(
            one("intermediateCatchEvent", TIMER.format("<timeCycle>R/PT0S</timeCycle>")),
            "bad-time",
            id="R/PT0S",
        ),
        pytest.param(
            one("intermediateCatchEvent", TIMER.format("<timeDuration>P999999999Y</timeDuration>")),
            "bad-time",
            id="a billion years",
        ),
        pytest.param(
            one("intermediateCatchEvent", '<messageEventDefinition messageRef="no"/>'),
            "undefined-ref",
            id="message",
        ),
        pytest.param(one("intermediateCatchEvent", "<messageEventDefinition/>"), "no-name", id="no message"),
        pytest.param(
            one("intermediateCatchEvent", "<conditionalEventDefinition/>"), "no-condition", id="no condition"
        ),
        pytest.param(
            one("intermediateCatchEvent", "<errorEventDefinition/>"), "definition-where", id="error catch"
        ),
        pytest.param(
            one("endEvent", TIMER.format("<timeDate>2026-01-01</timeDate>")),
            "definition-where",
            id="timer end",
        ),
        pytest.param(
            one("intermediateThrowEvent", "<terminateEventDefinition/>"), "definition-where", id="terminate"
        ),
        pytest.param(
            one("intermediateThrowEvent", '<linkEventDefinition name="L"/>'), "link-target", id="link"
        ),
        pytest.param(
            one("endEvent", "<cancelEventDefinition/>"), "cancel-where", id="cancel outside transaction"
        ),
        pytest.param(one("startEvent", "<errorEventDefinition/>"), "definition-where", id="error start"),
        pytest.param(one("callActivity", "", calledElement="no"), "call-unknown", id="unknown call"),
        pytest.param(one("callActivity", "", calledElement="p"), "recursion", id="self call"),
        pytest.param(one("userTask", MULTI.format("")), "no-cardinality", id="no cardinality"),
        pytest.param(
            one("userTask", MULTI.format("<loopCardinality>1000000</loopCardinality>")),
            "too-many-instances",
            id="a million instances",
        ),
        pytest.param(
            one("userTask", MULTI.format("<loopCardinality>-1</loopCardinality>")),
            "too-many-instances",
            id="minus one",
        ),
        pytest.param(
            one("userTask", "<standardLoopCharacteristics/>"), "endless-loop", id="loop without end"
        ),
        pytest.param(
            one("userTask", '<standardLoopCharacteristics loopMaximum="-1"/>'),
            "bad-count",
            id="negative maximum",
        ),
        pytest.param(one("userTask", "", startQuantity="0"), "bad-count", id="start quantity"),
        pytest.param(one("userTask", "", completionQuantity="many"), "bad-count", id="completion quantity"),
        pytest.param(one("userTask", "", default="no"), "default-unknown", id="default of nobody"),
        pytest.param(one("parallelGateway", "", default="no"), "default-where", id="default of parallel"),
        pytest.param(one("eventBasedGateway", ""), "gateway-targets", id="event gateway without events"),
        pytest.param(one("receiveTask", ""), "no-name", id="receive nothing"),
        pytest.param(
            one("subProcess", "", triggeredByEvent="true"), "event-sub-start", id="event sub without start"
        ),
        pytest.param(one("choreographyTask", ""), "unknown-element", id="choreography"),
        pytest.param("<x:task id='n'/>", "unknown-element", id="foreign node"),
        pytest.param('<userTask id="p"/>', "same-id", id="id twice"),
        pytest.param('<userTask id="&lt;script&gt;"/>', "bad-id", id="script in id"),
        pytest.param(f'<userTask id="{"a" * 10_000}"/>', "bad-id", id="long id"),
        pytest.param(
            '<userTask id="a"/>' + flow("f", "a", "b") + '<subProcess id="q"><userTask id="b"/></subProcess>',
            "flow-end",
            id="flow over a border",
        ),
        pytest.param(
            '<parallelGateway id="n"/><userTask id="a"/>'
            + flow("f", "n", "a", "<conditionExpression>x</conditionExpression>"),
            "condition-where",
            id="condition after parallel",
        ),
    ],
)
def test_what_cannot_be_executed_is_refused(inside, rule):
    assert rule in {found for found, _ in problems(diagram(inside))}


def test_processes_that_call_each_other_round_are_refused():
    found = problems(
        diagram(
            '<callActivity id="a" calledElement="q"/>',
            around='<process id="q"><subProcess id="r"><callActivity id="b" calledElement="p"/></subProcess></process>',
        )
    )
    assert found == {("recursion", "p"), ("recursion", "q")}


def test_what_is_not_bpmn_is_refused():
    assert problems(b"<html/>") == {("not-bpmn", "")}


def test_a_deep_but_allowed_diagram_is_read():
    depth = 55
    inside = "".join(f'<subProcess id="q{n}">' for n in range(depth)) + "</subProcess>" * depth
    assert len(parse_bpmn(diagram(inside)).scopes) == depth + 1


def test_a_long_diagram_is_read():
    tasks = "".join(f'<userTask id="t{n}"/>' for n in range(3000))
    flows = "".join(flow(f"f{n}", f"t{n}", f"t{n + 1}") for n in range(2999))
    assert len(parse_bpmn(diagram(tasks + flows)).nodes) == 3000


def test_a_definition_is_made_once_and_carries_the_steps():
    first, second = load_definition(SOUND), load_definition(bytes(SOUND))
    assert first is second
    assert (first.process_id, len(first.hash)) == ("p", 64)
    assert first.steps["a"].name.vi == "Kiểm tra"


def test_refusals_are_not_remembered_and_scripts_are_another_definition():
    xml = diagram('<scriptTask id="x"/>')
    for _ in range(2):
        with pytest.raises(BadDiagram):
            load_definition(xml)
    assert load_definition(xml, pass_scripts=True).model.nodes["x"].kind == "scriptTask"
