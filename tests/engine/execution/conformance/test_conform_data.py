"""Data: associations, properties, data objects and outputs (BPMN 2.0.2, 10.4).

`feel` plays a file as `motcua run` does and returns its last line.
"""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.problems import BadDiagram
from engine.execution.runner import run_file
from engine.execution.values import NotData, decode, encode
from engine.feel import evaluate

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'


def io(inputs=(), outputs=()):
    """The declaration of inputs and outputs, by name."""
    declared = [f'<dataInput id="in_{n}" name="{n}"/>' for n in inputs]
    declared += [f'<dataOutput id="out_{n}" name="{n}"/>' for n in outputs]
    refs = "".join(f"<dataInputRefs>in_{n}</dataInputRefs>" for n in inputs)
    outs = "".join(f"<dataOutputRefs>out_{n}</dataOutputRefs>" for n in outputs)
    sets = f"<inputSet>{refs}</inputSet><outputSet>{outs}</outputSet>"
    return f"<ioSpecification>{''.join(declared)}{sets}</ioSpecification>"


def into(source, target, how=""):
    return (
        f"<dataInputAssociation><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef>{how}"
        "</dataInputAssociation>"
    )


def out_of(source, target, how=""):
    first = f"<sourceRef>{source}</sourceRef>" if source else ""
    return f"<dataOutputAssociation>{first}<targetRef>{target}</targetRef>{how}</dataOutputAssociation>"


def assign(value, to):
    return f"<assignment><from>{value}</from><to>{to}</to></assignment>"


def flow(*ids):
    return "".join(
        f'<sequenceFlow id="f_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids)
    )


def process(body, ident="p", before=""):
    return f'{HEAD}{before}<process id="{ident}" isExecutable="true">{body}</process></definitions>'.encode()


def feel(xml, *answers, **kept):
    lines = list(run_file(xml, answers=answers, **kept))
    assert lines[-1]["outcome"] != "incident", lines[-2]
    return lines[-1]


TWO_TASKS = '<dataObject id="o1" name="order"/><startEvent id="s"/>{first}{second}' + flow("s", "a", "b")


def test_an_output_is_copied_to_a_data_object_and_an_output_that_was_not_given_is_not():
    first = f'<userTask id="a">{io(outputs=["result"])}{out_of("out_result", "o1")}</userTask>'
    xml = process(TWO_TASKS.format(first=first, second='<userTask id="b"/>'))
    done = feel(xml, {"complete": "a", "data": {"result": {"no": 7}}})
    assert done["data"] == {"order": {"no": 7}}
    assert feel(xml, {"complete": "a"}, data={"order": 1})["data"] == {"order": 1}


def test_a_data_object_written_by_one_task_decides_the_way_after_another():
    body = (
        '<dataObject id="o1" name="order"/><startEvent id="s"/>'
        f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "o1")}</userTask>'
        '<exclusiveGateway id="g" default="no"/><userTask id="big"/><userTask id="small"/>'
        + flow("s", "a", "g")
        + '<sequenceFlow id="yes" sourceRef="g" targetRef="big"><conditionExpression>order = "String1"'
        '</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="g" targetRef="small"/>'
    )
    assert feel(process(body), {"complete": "a", "data": {"x": "String1"}})["waiting"] == ["big"]
    assert feel(process(body), {"complete": "a", "data": {"x": "String2"}})["waiting"] == ["small"]


def test_a_transformation_makes_the_value_of_its_sources():
    how = "<transformation>x * 2</transformation>"
    first = f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "o1", how)}</userTask>'
    xml = process(TWO_TASKS.format(first=first, second='<userTask id="b"/>'))
    assert feel(xml, {"complete": "a", "data": {"x": 2.5}})["data"]["order"] == 5


def test_assignments_write_single_entries_and_leave_the_rest():
    how = assign("x", "order.fee") + assign('"VND"', "order.money.unit")
    first = f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "o1", how)}</userTask>'
    xml = process(TWO_TASKS.format(first=first, second='<userTask id="b"/>'))
    done = feel(xml, {"complete": "a", "data": {"x": 10}}, data={"order": {"no": 1, "fee": 0}})
    assert done["data"]["order"] == {"no": 1, "fee": 10, "money": {"unit": "VND"}}


def test_an_assignment_to_something_that_is_no_name_is_refused():
    how = assign("x", "getDataObject('order')/fee")
    first = f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "o1", how)}</userTask>'
    with pytest.raises(BadDiagram, match="joined by dots"):
        feel(process(TWO_TASKS.format(first=first, second='<userTask id="b"/>')))


def test_an_arrow_drawn_to_a_data_object_says_nothing_to_execute():
    drawn = (
        '<property id="q" name="__targetRef_placeholder"/><dataInputAssociation><sourceRef>r</sourceRef>'
        "<targetRef>q</targetRef></dataInputAssociation>" + out_of("", "r")
    )
    first = f'<userTask id="a">{drawn}</userTask>'
    second = '<userTask id="b"/><dataObjectReference id="r" dataObjectRef="o1" name="Order"/>'
    xml = process(TWO_TASKS.format(first=first, second=second))
    assert feel(xml, {"complete": "a"}, data={"order": 1})["data"] == {"order": 1}


def test_all_references_of_a_data_object_are_the_same_value():
    body = (
        '<dataObject id="o1"/><dataObjectReference id="r1" dataObjectRef="o1" name="paper"/>'
        '<dataObjectReference id="r2" dataObjectRef="o1" name="paper signed"/><startEvent id="s"/>'
        f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "r2")}</userTask><userTask id="b"/>'
        + flow("s", "a", "b")
    )
    assert feel(process(body), {"complete": "a", "data": {"x": 3}})["data"] == {"paper": 3}


def test_a_property_of_the_process_is_a_variable():
    body = (
        '<property id="q" name="count"/><startEvent id="s"/>'
        f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "q")}</userTask><userTask id="b"/>'
        + flow("s", "a", "b")
    )
    assert feel(process(body), {"complete": "a", "data": {"x": 3}})["data"] == {"count": 3}


def test_a_data_object_of_a_sub_process_lives_in_it_and_hides_the_one_outside():
    inner = (
        '<subProcess id="sub"><dataObject id="o2" name="order"/><startEvent id="ss"/>'
        f'<userTask id="a">{io(outputs=["x"])}{out_of("out_x", "o2")}</userTask><userTask id="c"/>'
        + flow("ss", "a", "g")
        + '<exclusiveGateway id="g" default="no"/><userTask id="hid"/>'
        '<sequenceFlow id="yes" sourceRef="g" targetRef="hid"><conditionExpression>order = 5'
        '</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="g" targetRef="c"/></subProcess>'
    )
    body = f'<startEvent id="s"/>{inner}<userTask id="after"/>' + flow("s", "sub", "after")
    inside = feel(process(body), {"complete": "a", "data": {"x": 5}}, data={"order": 1})
    assert (inside["waiting"], inside["data"]) == (["hid"], {"order": 1})
    # what a person gives by the local name stays local too
    after = feel(
        process(body), {"complete": "a", "data": {"order": 5}}, {"complete": "hid"}, data={"order": 1}
    )
    assert (after["waiting"], after["data"]) == (["after"], {"order": 1})


def test_each_instance_of_a_sub_process_has_its_own_data():
    inner = (
        '<subProcess id="sub"><multiInstanceLoopCharacteristics><loopDataInputRef>units</loopDataInputRef>'
        '<loopDataOutputRef>said</loopDataOutputRef><inputDataItem name="unit"/><outputDataItem name="answer"/>'
        "</multiInstanceLoopCharacteristics>"
        '<startEvent id="ss"/><userTask id="a"/><userTask id="b"/>' + flow("ss", "a", "b") + "</subProcess>"
    )
    body = f'<startEvent id="s"/>{inner}<endEvent id="e"/>' + flow("s", "sub", "e")
    done = feel(
        process(body),
        {"complete": "a", "data": {"answer": "first"}},
        {"complete": "a", "data": {"answer": "second"}},
        {"complete": "b"},
        {"complete": "b"},
        data={"units": ["x", "y"]},
    )
    assert done["data"]["said"] == ["first", "second"]


def test_items_and_results_of_a_multi_instance_flow_through_its_inputs_and_outputs():
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>in_list</loopDataInputRef>"
        '<loopDataOutputRef>out_all</loopDataOutputRef><inputDataItem id="i" name="one"/>'
        '<outputDataItem id="r" name="mine"/></multiInstanceLoopCharacteristics>'
    )
    task = (
        f'<userTask id="a">{io(["list", "item"], ["all", "result"])}'
        f"{into('src', 'in_list')}{into('i', 'in_item')}"
        f"{out_of('out_result', 'r', '<transformation>item + result</transformation>')}"
        f"{out_of('out_all', 'dst')}{loop}</userTask>"
    )
    body = (
        '<dataObject id="src" name="numbers"/><dataObject id="dst" name="sums"/><startEvent id="s"/>'
        f'{task}<endEvent id="e"/>' + flow("s", "a", "e")
    )
    done = feel(
        process(body),
        {"complete": "a", "data": {"result": 1}},
        {"complete": "a", "data": {"result": 2}},
        data={"numbers": [10, 20]},
    )
    assert done["data"] == {"numbers": [10, 20], "sums": [11, 22]}


def test_results_of_an_earlier_visit_are_not_mixed_with_the_new_ones():
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality>"
        '<loopDataOutputRef>said</loopDataOutputRef><outputDataItem name="x"/></multiInstanceLoopCharacteristics>'
    )
    body = (
        f'<startEvent id="s"/><exclusiveGateway id="m"/><userTask id="a">{loop}</userTask><userTask id="c"/>'
        + flow("s", "m", "a", "c", "m")
    )
    done = feel(
        process(body),
        {"complete": "a", "data": {"x": 1}},
        {"complete": "a", "data": {"x": 2}},
        {"complete": "c", "data": {"n": 1}},
        {"complete": "a", "data": {"x": 3}},
        data={"n": 2},
    )
    assert done["data"]["said"] == [3]


def test_an_outer_item_is_read_inside_an_inner_loop():
    inner = (
        '<userTask id="a"><multiInstanceLoopCharacteristics><loopDataInputRef>row</loopDataInputRef>'
        '<loopDataOutputRef>seen</loopDataOutputRef><inputDataItem name="cell"/><outputDataItem name="v"/>'
        "</multiInstanceLoopCharacteristics></userTask>"
    )
    body = (
        '<startEvent id="s"/><subProcess id="sub"><multiInstanceLoopCharacteristics isSequential="true">'
        '<loopDataInputRef>rows</loopDataInputRef><inputDataItem name="row"/></multiInstanceLoopCharacteristics>'
        f'<startEvent id="ss"/>{inner}' + flow("ss", "a") + "</subProcess>" + flow("s", "sub")
    )
    first = feel(process(body), data={"rows": [[1, 2], [3]]})
    assert first["waiting"] == ["a", "a"]
    second = feel(process(body), {"complete": "a"}, {"complete": "a"}, data={"rows": [[1, 2], [3]]})
    assert second["waiting"] == ["a"]


CALLED = (
    (
        '<process id="q">{own}' + io(["amount"], ["fee"]) + '<startEvent id="qs"/><userTask id="a">'
        f"{io(outputs=['y'])}{out_of('out_y', 'out_fee2', assign('y + amount', 'fee'))}</userTask>"
        + flow("qs", "a")
        + "</process>"
    )
    .replace('id="in_amount"', 'id="in_amount2"')
    .replace('id="out_fee"', 'id="out_fee2"')
    .replace(">in_amount<", ">in_amount2<")
    .replace(">out_fee<", ">out_fee2<")
)


@pytest.mark.parametrize("names", [("amount", "fee"), ("given", "got")], ids=["by name", "by order"])
def test_a_call_hands_values_in_and_takes_results_out(names):
    taken, given = names
    call = (
        f'<callActivity id="c" calledElement="q">{io([taken], [given])}'
        f"{into('src', f'in_{taken}', '<transformation>total / 2</transformation>')}"
        f"{out_of(f'out_{given}', 'dst')}</callActivity>"
    )
    body = (
        '<dataObject id="src" name="total"/><dataObject id="dst" name="charged"/><startEvent id="s"/>'
        f'{call}<userTask id="after"/>' + flow("s", "c", "after")
    )
    xml = process(body, before=CALLED.format(own=""))
    done = feel(xml, {"complete": "a", "data": {"y": 1}}, process_id="p", data={"total": 10})
    assert (done["waiting"], done["data"]) == (["after"], {"total": 10, "charged": 6})


def test_data_of_a_called_process_is_its_own_and_everything_else_is_shared():
    call = '<callActivity id="c" calledElement="q"/>'
    body = f'<startEvent id="s"/>{call}<userTask id="after"/>' + flow("s", "c", "after")
    xml = process(body, before=CALLED.format(own='<dataObject id="oq" name="draft"/>'))
    done = feel(xml, {"complete": "a", "data": {"draft": 1, "seen": 2}}, process_id="p", data={"draft": 0})
    assert done["data"] == {"draft": 0, "seen": 2}


CATCH = (
    '<message id="m" name="M"/><signal id="g" name="G"/><error id="er" errorCode="E"/>'
    '<escalation id="es" escalationCode="X"/>'
)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        pytest.param(
            {"what": 1, "more": 2}, {"got": 1, "more": 2}, id="by its own name, the rest as variables"
        ),
        pytest.param({"got": 1}, {"got": 1}, id="by the name it goes to"),
        pytest.param({"x": 1, "y": 2}, {"got": {"x": 1, "y": 2}}, id="all of it"),
    ],
)
def test_the_output_of_a_message_event_takes_what_the_message_carries(data, kept):
    event = (
        '<intermediateCatchEvent id="c"><dataOutput id="w" name="what"/>'
        f'{out_of("w", "o1")}<outputSet/><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    )
    body = f'<dataObject id="o1" name="got"/><startEvent id="s"/>{event}<userTask id="a"/>' + flow(
        "s", "c", "a"
    )
    assert feel(process(body, before=CATCH), {"message": "M", "data": data})["data"] == kept


def test_a_receive_task_gives_its_message_by_its_output():
    task = (
        f'<receiveTask id="c" messageRef="m">{io(outputs=["what"])}{out_of("out_what", "o1")}</receiveTask>'
    )
    for gateway in ("", '<eventBasedGateway id="x"/>'):
        middle = ("x", "c") if gateway else ("c",)
        other = (
            '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>P1D</timeDuration>'
            "</timerEventDefinition></intermediateCatchEvent>" + flow("x", "t")
            if gateway
            else ""
        )
        body = (
            f'<dataObject id="o1" name="got"/><startEvent id="s"/>{gateway}{task}{other}<userTask id="a"/>'
            + flow("s", *middle, "a")
        )
        done = feel(process(body, before=CATCH), {"message": "M", "data": {"what": 3}})
        assert (done["waiting"], done["data"]) == (["a"], {"got": 3})


def test_a_message_start_event_gives_its_message_by_its_output():
    start = (
        '<startEvent id="s"><dataOutput id="w" name="what"/>'
        f'{out_of("w", "o1")}<messageEventDefinition messageRef="m"/></startEvent>'
    )
    body = f'<dataObject id="o1" name="got"/>{start}<userTask id="a"/>' + flow("s", "a")
    assert feel(process(body, before=CATCH), {"message": "M", "data": {"what": 4}})["data"] == {"got": 4}


@pytest.mark.parametrize(
    "thrown",
    ['<errorEventDefinition errorRef="er"/>', '<escalationEventDefinition escalationRef="es"/>',
     '<signalEventDefinition signalRef="g"/>'],
    ids=["error", "escalation", "signal"],
)  # fmt: skip
def test_what_is_thrown_carries_its_inputs_to_the_output_of_what_catches_it(thrown):
    end = f'<endEvent id="t"><dataInput id="reason" name="reason"/>{into("why", "reason")}{thrown}</endEvent>'
    inner = f'<subProcess id="sub"><startEvent id="ss"/>{end}' + flow("ss", "t") + "</subProcess>"
    catch = (
        '<boundaryEvent id="b" attachedToRef="sub"><dataOutput id="w" name="what"/>'
        f"{out_of('w', 'o1')}{thrown}</boundaryEvent>"
    )
    body = (
        '<dataObject id="why" name="cause"/><dataObject id="o1" name="heard"/><startEvent id="s"/>'
        f'{inner}{catch}<userTask id="a"/>' + flow("s", "sub") + flow("b", "a")
    )
    done = feel(process(body, before=CATCH), data={"cause": "late"})
    assert (done["waiting"], done["data"]) == (["a"], {"cause": "late", "heard": "late"})


def test_an_event_that_needs_several_keeps_what_each_of_them_carried():
    event = (
        '<boundaryEvent id="b" attachedToRef="a" parallelMultiple="true"><dataOutput id="x" name="one"/>'
        f'<dataOutput id="y" name="two"/>{out_of("x", "o1")}{out_of("y", "o2")}'
        '<messageEventDefinition messageRef="m"/><messageEventDefinition messageRef="n"/></boundaryEvent>'
    )
    body = (
        '<dataObject id="o1" name="first"/><dataObject id="o2" name="second"/><startEvent id="s"/>'
        f'<userTask id="a"/>{event}<userTask id="z"/>' + flow("s", "a") + flow("b", "z")
    )
    answers = [{"message": "M", "data": {"one": 1}}, {"message": "N", "data": {"two": 2}}]
    done = feel(process(body, before=CATCH + '<message id="n" name="N"/>'), *answers)
    assert (done["waiting"], done["data"]) == (["z"], {"first": 1, "second": 2})


def test_an_event_sub_process_keeps_what_its_event_carried_to_itself():
    sub = (
        '<subProcess id="sub" triggeredByEvent="true"><dataObject id="o2" name="mine"/>'
        f'<startEvent id="ss" isInterrupting="false"><dataOutput id="w" name="what"/>{out_of("w", "o2")}'
        '<messageEventDefinition messageRef="m"/></startEvent><exclusiveGateway id="x" default="no"/>'
        '<userTask id="yes"/><userTask id="nope"/>'
        + flow("ss", "x")
        + '<sequenceFlow id="f1" sourceRef="x" targetRef="yes"><conditionExpression>mine = 9'
        '</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="x" targetRef="nope"/></subProcess>'
    )
    body = f'<startEvent id="s"/><userTask id="a"/>{sub}' + flow("s", "a")
    done = feel(process(body, before=CATCH), {"message": "M", "data": {"what": 9}})
    assert (sorted(done["waiting"]), done["data"]) == (["a", "yes"], {})


@pytest.mark.parametrize(
    "value", ["0.1", '@"2026-09-02"', '@"P3D"', '@"P1Y"', '[1, {a: 0.5}]', '{"#": "x"}', "null", '"text"'],
    ids=["decimal", "date", "duration", "months", "list", "a key like our own", "null", "text"],
)  # fmt: skip
def test_local_values_come_back_from_a_state_exactly(value):
    known = evaluate(value, {})
    assert decode(json.loads(json.dumps(encode(known)))) == known


_plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.text(max_size=8),
    st.dates(),
    st.timedeltas(timedelta(-400), timedelta(400)).map(
        lambda one: one - timedelta(microseconds=one.microseconds)
    ),
)
_keys = st.one_of(st.sampled_from(["#", "@", "{}"]), st.text(max_size=4))
_values = st.recursive(
    _plain,
    lambda one: st.one_of(st.lists(one, max_size=3), st.dictionaries(_keys, one, max_size=3)),
    max_leaves=8,
)


@given(_values)
def test_any_local_value_survives_a_state(value):
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_a_value_that_is_no_data_is_refused():
    with pytest.raises(NotData):
        encode(evaluate("[1..2]", {}))
