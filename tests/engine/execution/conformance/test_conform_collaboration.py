"""Messages between pools and instances: flows, payload, correlation (BPMN 2.0.2, 8.4.2, 9.4, 13.1)."""

import pytest

from engine.execution.runner import run_file

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
KEY = (
    '<message id="ask" name="Ask"/><message id="reply" name="Reply"/>'
    '<correlationProperty id="no" name="number">'
    '<correlationPropertyRetrievalExpression messageRef="ask"><messagePath>order.no</messagePath>'
    "</correlationPropertyRetrievalExpression>"
    '<correlationPropertyRetrievalExpression messageRef="reply"><messagePath>no</messagePath>'
    "</correlationPropertyRetrievalExpression></correlationProperty>"
)


def run(body, *answers, **kept):
    return list(run_file(f"{HEAD}{body}</definitions>".encode(), answers=answers, **kept))


def process(inside, ident="p", **more):
    return f'<process id="{ident}" isExecutable="true">{inside}</process>'


def flow(a, b):
    return f'<sequenceFlow id="f_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'


STARTED = process(
    '<startEvent id="s"><messageEventDefinition messageRef="ask"/></startEvent>'
    '<receiveTask id="wait" messageRef="reply"/><userTask id="a"/>' + flow("s", "wait") + flow("wait", "a")
)


def test_the_key_of_an_instance_is_that_of_its_first_message_read_from_what_it_carries():
    asked = [{"message": "Ask", "data": {"order": {"no": number}}} for number in (1, 2)]
    lines = run(KEY + STARTED, *asked, {"message": "Reply", "data": {"no": 2, "said": "yes"}})
    assert lines[-1]["waiting"] == ["wait", "a"]
    # the second instance got it: its data has the answer
    wrong = run(KEY + STARTED, *asked, {"message": "Reply", "data": {"no": 3}})
    assert wrong[-2]["code"] == "nothing_waits"


def test_keys_that_are_given_count_more_than_what_a_message_carries():
    asked = [{"message": "Ask", "data": {"order": {"no": number}}} for number in (1, 2)]
    lines = run(KEY + STARTED, *asked, {"message": "Reply", "data": {"no": 9}, "keys": {"number": 1}})
    assert lines[-1]["waiting"] == ["a", "wait"]


SENDS = process(
    '<dataObject id="o" name="order"/><startEvent id="s"/><sendTask id="send" messageRef="ask">'
    "<dataInputAssociation><sourceRef>o</sourceRef><targetRef>in</targetRef></dataInputAssociation></sendTask>"
    '<receiveTask id="wait" messageRef="reply"/><userTask id="a"/>'
    + flow("s", "send") + flow("send", "wait") + flow("wait", "a")
)  # fmt: skip


def test_sending_first_gives_an_instance_its_key_too():
    data = {"order": {"no": 5}}
    assert run(KEY + SENDS, {"message": "Reply", "data": {"no": 5}}, data=data)[-1]["waiting"] == ["a"]
    assert run(KEY + SENDS, {"message": "Reply", "data": {"no": 6}}, data=data)[-2]["code"] == "nothing_waits"


def subscribed(ident, path):
    return process(
        '<correlationSubscription correlationKeyRef="k"><correlationPropertyBinding correlationPropertyRef="no">'
        f"<dataPath>{path}</dataPath></correlationPropertyBinding></correlationSubscription>"
        f'<receiveTask id="wait_{ident}" messageRef="reply"/><userTask id="a_{ident}"/>'
        + flow(f"wait_{ident}", f"a_{ident}"),
        ident,
    )


@pytest.mark.parametrize(("number", "got"), [(7, "a_p"), (8, "a_q")])
def test_each_process_says_itself_what_a_key_is_compared_with(number, got):
    pools = (
        '<collaboration id="c"><participant id="P" processRef="p"/><participant id="Q" processRef="q"/>'
        '<messageFlow id="m" sourceRef="P" targetRef="Q"/></collaboration>'
    )
    body = KEY + pools + subscribed("p", "mine") + subscribed("q", "mine + 1")
    lines = run(body, {"message": "Reply", "keys": {"number": number}}, data={"mine": 7})
    assert got in lines[-1]["waiting"]


def test_a_message_goes_to_one_instance_and_a_signal_to_all():
    body = '<message id="m" name="M"/><signal id="g" name="G"/>' + process(
        '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
        '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="r"/><signalEventDefinition signalRef="g"/>'
        '</intermediateCatchEvent><userTask id="a"/>' + flow("s", "c") + flow("c", "a")
    )
    body = '<message id="r" name="R"/>' + body
    begun = [{"message": "M"}, {"message": "M"}]
    assert run(body, *begun, {"message": "R"})[-1]["waiting"] == ["a", "c"]
    assert run(body, *begun, {"signal": "G"})[-1]["waiting"] == ["a", "a"]


def test_a_signal_thrown_by_one_instance_carries_its_data_to_the_others():
    body = (
        '<signal id="g" name="G"/><collaboration id="c"><participant id="P" processRef="p"/>'
        '<participant id="Q" processRef="q"/><messageFlow id="m" sourceRef="P" targetRef="Q"/></collaboration>'
        + process(
            '<userTask id="u"/><dataObject id="o" name="why"/><endEvent id="t"><dataInput id="i" name="i"/>'
            "<dataInputAssociation><sourceRef>o</sourceRef><targetRef>i</targetRef></dataInputAssociation>"
            '<signalEventDefinition signalRef="g"/></endEvent>' + flow("u", "t")
        )
        + process(
            '<dataObject id="o2" name="heard"/><intermediateCatchEvent id="w"><dataOutput id="x" name="x"/>'
            "<dataOutputAssociation><sourceRef>x</sourceRef><targetRef>o2</targetRef></dataOutputAssociation>"
            '<signalEventDefinition signalRef="g"/></intermediateCatchEvent><userTask id="z"/>'
            + flow("w", "z"),
            "q",
        )
    )
    last = run(body, {"complete": "u", "data": {"why": "late"}})[-1]
    assert (last["waiting"], last["data"]["heard"]) == (["z"], "late")


def test_a_process_begun_by_message_has_what_the_message_carries():
    lines = run(KEY + STARTED, {"message": "Ask", "data": {"order": {"no": 4}, "by": "post"}})
    assert lines[-1]["data"] == {"order": {"no": 4}, "by": "post", "number": 4}
