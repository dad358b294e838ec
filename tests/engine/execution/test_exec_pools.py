"""Pools of one file that run together, keys of messages, and what starts an instance from outside."""

from datetime import datetime, timedelta, timezone

import pytest

from engine.execution.runner import run_file

NINE = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=7)))
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="t" targetNamespace="t">'
MESSAGES = '<message id="ask" name="Ask"/><message id="reply" name="Reply"/>'
POOLS = (
    '<collaboration id="c"><participant id="A" processRef="t:office"/>'
    '<participant id="B" processRef="t:police"/><participant id="X"/>'
    '<messageFlow id="m1" sourceRef="t:send" targetRef="{to}"/>'
    '<messageFlow id="m2" sourceRef="answer" targetRef="t:wait"/></collaboration>'
)
OFFICE = (
    '<process id="office" isExecutable="true"><startEvent id="s"/><sendTask id="send" messageRef="t:ask"/>'
    '<userTask id="between"/><receiveTask id="wait" messageRef="t:reply"/><endEvent id="e"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="send"/>'
    '<sequenceFlow id="f2" sourceRef="send" targetRef="between"/>'
    '<sequenceFlow id="f3" sourceRef="between" targetRef="wait"/>'
    '<sequenceFlow id="f4" sourceRef="wait" targetRef="e"/></process>'
)
POLICE = (
    '<process id="police" isExecutable="{executable}">'
    '<startEvent id="asked"><messageEventDefinition messageRef="ask"/></startEvent>'
    '<sequenceFlow id="g1" sourceRef="asked" targetRef="answer"/>'
    '<sendTask id="answer" messageRef="reply"/></process>'
)


def play(xml, *answers, **kept):
    return list(run_file(xml.encode() if isinstance(xml, str) else xml, answers=answers, clock=NINE, **kept))


def pools(to="asked", executable="true"):
    police = POLICE.format(executable=executable)
    return f"{HEAD}{MESSAGES}{POOLS.format(to=to)}{OFFICE}{police}</definitions>"


@pytest.mark.parametrize("to", ["asked", "t:B"])
def test_a_message_flow_starts_the_other_pool_and_its_reply_waits_until_awaited(to):
    lines = play(pools(to), {"complete": "between"})
    assert lines[-1]["outcome"] == "completed"
    entered = [line["element"] for line in lines if line["event"] == "entered"]
    assert entered == ["s", "send", "between", "asked", "answer", "wait", "e"]


def test_a_message_to_a_pool_that_is_not_drawn_or_not_executable_goes_to_nobody():
    for xml in (pools("t:X"), pools(executable="false")):
        lines = play(xml, {"complete": "between"})
        assert (lines[-1]["outcome"], lines[-1]["waiting"]) == ("waiting", ["wait"])


def test_a_process_that_is_not_marked_executable_runs_when_named_or_alone():
    other = '<process id="other"><userTask id="b"/></process>'
    alone = f'{HEAD}<process id="only"><userTask id="a"/></process>'
    assert play(f"{alone}</definitions>")[-1]["waiting"] == ["a"]
    assert play(f"{alone}{other}</definitions>", process_id="other")[-1]["waiting"] == ["b"]


def test_a_message_reaches_only_the_instance_whose_keys_are_the_same():
    body = (
        '<startEvent id="s"><messageEventDefinition messageRef="ask"/></startEvent>'
        '<receiveTask id="wait" messageRef="reply"/><userTask id="a"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="wait"/>'
        '<sequenceFlow id="f2" sourceRef="wait" targetRef="a"/>'
    )
    xml = f'{HEAD}{MESSAGES}<process id="p" isExecutable="true">{body}</process></definitions>'
    begun = [{"message": "Ask", "keys": {"no": 1}}, {"message": "Ask", "keys": {"no": 2}}]
    lines = play(xml, *begun, {"message": "Reply", "keys": {"no": 2}, "data": {"said": "yes"}})
    assert lines[-1]["waiting"] == ["wait", "a"]
    wrong = play(xml, *begun, {"message": "Reply", "keys": {"no": 3}})
    assert (wrong[-2]["code"], wrong[-1]["waiting"]) == ("nothing_waits", ["wait", "wait"])


def test_a_correlation_property_says_what_a_key_is_compared_with():
    body = (
        '<correlationSubscription id="sub" correlationKeyRef="k"><correlationPropertyBinding id="b" '
        'correlationPropertyRef="prop"><dataPath>order.no</dataPath></correlationPropertyBinding>'
        '</correlationSubscription><receiveTask id="wait" messageRef="reply"/>'
    )
    prop = '<correlationProperty id="prop" name="number"/>'
    xml = f'{HEAD}{MESSAGES}{prop}<process id="p" isExecutable="true">{body}</process></definitions>'
    data = {"order": {"no": 7}}
    assert play(xml, {"message": "Reply", "keys": {"number": 7}}, data=data)[-1]["outcome"] == "completed"
    assert play(xml, {"message": "Reply", "keys": {"number": 8}}, data=data)[-1]["outcome"] == "incident"


def test_a_message_flow_carries_the_data_given_to_the_sender():
    sender = OFFICE.replace(
        'messageRef="t:ask"/>',
        'messageRef="t:ask"><dataInputAssociation><sourceRef>plot</sourceRef>'
        "<targetRef>in</targetRef></dataInputAssociation></sendTask>",
    ).replace('<startEvent id="s"/>', '<dataObject id="plot" name="plot"/><startEvent id="s"/>')
    police = (
        '<process id="police" isExecutable="true"><startEvent id="asked"><messageEventDefinition '
        'messageRef="ask"/></startEvent><exclusiveGateway id="x" default="no"/><userTask id="big"/>'
        '<sequenceFlow id="g1" sourceRef="asked" targetRef="x"/><userTask id="answer"/>'
        '<sequenceFlow id="g2" sourceRef="x" targetRef="big"><conditionExpression>plot &gt; 5'
        '</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="x" targetRef="answer"/></process>'
    )
    xml = f"{HEAD}{MESSAGES}{POOLS.format(to='asked')}{sender}{police}</definitions>"
    xml = (
        xml.replace('<startEvent id="s"/>', '<startEvent id="s"/><userTask id="u"/>')
        .replace('sourceRef="s" targetRef="send"', 'sourceRef="s" targetRef="u"')
        .replace(
            '<sequenceFlow id="f2"',
            '<sequenceFlow id="f0" sourceRef="u" targetRef="send"/><sequenceFlow id="f2"',
        )
    )
    assert "big" in play(xml, {"complete": "u", "data": {"plot": 6}})[-1]["waiting"]
    assert "answer" in play(xml, {"complete": "u", "data": {"plot": 5}})[-1]["waiting"]


def test_a_start_timer_with_repeats_begins_an_instance_each_time(bpmn):
    text = "start s : cycle R3/PT1S\nuser a\ns -> a"
    assert play(bpmn(text), {"advance": "PT2S"})[-1]["waiting"] == ["a", "a"]
    assert play(bpmn(text), {"advance": "P1D"})[-1]["waiting"] == ["a", "a", "a"]


def test_each_signal_or_message_start_begins_an_instance_of_its_own(bpmn):
    text = "start s : message M\nstart z : signal N\nuser a\nuser b\ns -> a\nz -> b"
    lines = play(bpmn(text), {"message": "M"}, {"signal": "N"}, {"message": "M"})
    assert lines[-1]["waiting"] == ["a", "b", "a"]


def test_a_signal_is_heard_in_every_running_instance(bpmn):
    text = "start s : message M\ncatch c : signal N\nuser a\ns -> c -> a"
    assert play(bpmn(text), {"message": "M"}, {"message": "M"}, {"signal": "N"})[-1]["waiting"] == ["a", "a"]


@pytest.mark.parametrize("cycle", ["R3/PT1S", "R/PT1S"])
def test_cycles_of_seconds_run(bpmn, cycle):
    text = f"start s\nuser a\nboundary late on a quiet : cycle {cycle}\nend e\ns -> a\nlate -> e"
    lines = play(bpmn(text), {"advance": "PT5S"})
    assert [x["element"] for x in lines if x["event"] == "entered"].count("late") == (
        3 if "3" in cycle else 5
    )


def test_an_instantiating_gateway_is_started_by_its_first_event_and_forgets_the_others(bpmn):
    text = "first g instantiate=true\ncatch m : message M\ncatch n : message N\nuser a\nuser b\ng -> m -> a\ng -> n -> b"
    assert play(bpmn(text), {"message": "M"})[-1]["waiting"] == ["a"]


def test_a_parallel_instantiating_gateway_waits_for_the_others_in_the_same_instance(bpmn):
    text = (
        "first g instantiate=true eventGatewayType=Parallel\ncatch m : message M\ncatch n : message N\n"
        "user a\nuser b\nand j\nend e\ng -> m -> a -> j\ng -> n -> b -> j\nj -> e"
    )
    first = play(bpmn(text), {"message": "N"})
    assert sorted(first[-1]["waiting"]) == ["b", "m"]
    both = play(bpmn(text), {"message": "N"}, {"message": "M"}, {"complete": "a"}, {"complete": "b"})
    assert both[-1]["outcome"] == "completed"
    assert [x["element"] for x in both if x["event"] == "entered"].count("e") == 1


def test_an_instantiating_receive_task_starts_the_process(bpmn):
    text = "receive r instantiate=true : M\nuser a\nr -> a"
    assert play(bpmn(text), {"message": "M"})[-1]["waiting"] == ["a"]


def test_results_of_a_multi_instance_are_gathered_in_the_order_of_their_items(bpmn):
    inside = (
        "<multiInstanceLoopCharacteristics{}><loopDataInputRef>units</loopDataInputRef>"
        "<loopDataOutputRef>opinions</loopDataOutputRef><inputDataItem name='one'/><outputDataItem name='opinion'/>"
        "</multiInstanceLoopCharacteristics>"
    )
    for sequential in ("", ' isSequential="true"'):
        text = f"start s\nuser a\n  {inside.format(sequential)}\nend e\ns -> a -> e"
        lines = play(
            bpmn(text),
            {"complete": "a", "data": {"opinion": "yes"}},
            {"complete": "a", "data": {"opinion": "no"}},
            data={"units": ["x", "y"]},
        )
        assert lines[-1]["outcome"] == "completed"
        assert lines[-1]["data"]["opinions"] == ["yes", "no"]


def test_a_person_chooses_an_activity_of_an_ad_hoc_sub_process(bpmn):
    together = "start s\nadhoc h\n  user a\n  user b\nend e\ns -> h -> e"
    assert sorted(play(bpmn(together), {"choose": "a"})[-1]["waiting"]) == ["a", "a", "b"]
    in_turn = "start s\nadhoc h ordering=Sequential\n  user a\n  user b\n  user c\nend e\ns -> h -> e"
    lines = play(bpmn(in_turn), {"choose": "c"}, {"complete": "a"})
    assert lines[-1]["waiting"] == ["c"]
    assert play(bpmn(in_turn), {"choose": "e"})[-2]["code"] == "nothing_waits"


def test_a_month_is_a_month_of_the_calendar(bpmn):
    text = "start s\ncatch t : timer P1M\nuser a\ns -> t -> a"
    assert play(bpmn(text), {"advance": "P29D"})[-1]["waiting"] == ["t"]
    assert play(bpmn(text), {"advance": "P30D"})[-1]["waiting"] == ["a"]
