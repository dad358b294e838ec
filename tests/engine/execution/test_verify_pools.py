"""Pools that talk are proven together: who waits for what nobody sends any more, and who does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proofs import checker, kinds, only

from engine.bpmn.extensions import MC
from engine.execution.verify import Limits


@pytest.fixture
def check(bpmn):
    """check({"a": "start s …", …}, "thrower -> catcher", …) verifies the pools of one file."""

    def run(pools, *flows, put=None, **more):
        xml = [bpmn(text, process=name).decode() for name, text in pools.items()]
        processes = [re.search("<process.*</process>", one)[0] for one in xml]
        messages = {one for each in xml for one in re.findall("<message [^>]*>", each)}
        ends = [one.split(" -> ") for one in flows]
        collaboration = "".join(
            [f'<participant id="pool_{one}" processRef="{one}"/>' for one in pools]
            + ['<participant id="outside"/>']
            + [
                f'<messageFlow id="mf{at}" sourceRef="{source}" targetRef="{target}"/>'
                for at, (source, target) in enumerate(ends)
            ]
        )
        head = xml[0][: xml[0].index(">") + 1]
        body = "".join(sorted(messages)) + f'<collaboration id="talk">{collaboration}</collaboration>'
        drawn = head + body + "".join(processes) + "</definitions>"
        return checker(bpmn)((put(drawn) if put else drawn).encode(), **more)

    return run


ASKS = "start s\nsend ask : Ask\nreceive wait : Reply\nend e\ns -> ask -> wait -> e"
REPLIES = "start t : message Ask\nuser look\nsend reply : Reply\nend f\nt -> look -> reply -> f"
TALK = ("ask -> t", "reply -> wait")


def test_a_question_and_its_answer_are_sound(check):
    report = check({"a": ASKS, "b": REPLIES}, *TALK)

    assert kinds(report) == []
    assert report.verdict == "sound"


def test_two_that_wait_for_each_other_first_are_a_deadlock(check):
    first = "start s\nreceive wait : Reply\nsend ask : Ask\nend e\ns -> wait -> ask -> e"
    second = "start t\nreceive asked : Ask\nsend reply : Reply\nend f\nt -> asked -> reply -> f"

    report = check({"a": first, "b": second}, "ask -> asked", "reply -> wait")

    assert report.verdict == "unsound"
    assert kinds(report) == ["deadlock", "deadlock"]
    assert [one.elements for one in report.problems] == [("wait",), ("asked",)]
    assert "chờ mãi thông điệp “Reply”" in report.problems[0].message.vi


def test_an_answer_that_one_way_does_not_send_leaves_the_other_waiting(check):
    silent = """
        start t : message Ask
        user look
        xor x
        send reply : Reply
        end f
        end g
        t -> look -> x
        x -> reply if fine = true
        x -> g default
        reply -> f
    """
    report = check({"a": ASKS, "b": silent}, *TALK)

    found = only(report, "deadlock")
    assert found.severity == "error"
    assert found.elements == ("wait",)
    assert found.path[-3:] == ("x", "x.g", "g")
    assert "s" in found.path


def test_a_timer_around_the_wait_saves_it(check):
    patient = """
        start s
        send ask : Ask
        receive wait : Reply
        boundary late on wait : timer P5D
        end e
        end n
        s -> ask -> wait -> e
        late -> n
    """
    silent = "start t : message Ask\nuser look\nend f\nt -> look -> f"

    told = kinds(check({"a": patient, "b": silent}, "ask -> t"))
    assert "deadlock" not in told


def test_a_message_is_kept_until_somebody_waits_for_it(check):
    late = (
        "start s\nsend ask : Ask\nuser between\nreceive wait : Reply\nend e\ns -> ask -> between -> wait -> e"
    )

    assert kinds(check({"a": late, "b": REPLIES}, *TALK)) == []


def test_who_answers_twice_is_begun_twice(check):
    twice = "start s\nsend ask : Ask\nreceive wait : Reply\nxor again\nend e\ns -> ask -> wait -> again\n"
    twice = twice.replace("xor again", "user more\nxor again").replace(
        "wait -> again", "wait -> more -> again"
    )
    twice += "again -> ask if once = true\nagain -> e default"
    twice = twice.replace("s -> ask", "xor m\ns -> m -> ask").replace("again -> ask", "again -> m")

    assert kinds(check({"a": twice, "b": REPLIES}, *TALK)) == []


def test_two_pools_that_both_choose_are_not_called_a_fault_but_are_not_proven(check):
    chooses = """
        start s
        send ask : Ask
        user mine
        xor x
        receive wait : Reply
        end e
        end n
        s -> ask -> mine -> x
        x -> wait if big = true
        x -> n default
        wait -> e
    """
    silent = """
        start t : message Ask
        user look
        xor y
        send reply : Reply
        end f
        end g
        t -> look -> y
        y -> reply if large = true
        y -> g default
        reply -> f
    """
    report = check({"a": chooses, "b": silent}, *TALK)

    assert only(report, "deadlock").severity == "open"
    assert report.verdict == "not-proven"


def test_what_a_pool_that_is_not_drawn_may_send_comes_at_any_time(check):
    first = "start s\nreceive wait : Reply\nsend ask : Ask\nend e\ns -> wait -> ask -> e"
    second = "start t\nreceive asked : Ask\nsend reply : Reply\nend f\nt -> asked -> reply -> f"

    report = check({"a": first, "b": second}, "ask -> asked", "reply -> wait", "outside -> wait")

    assert kinds(report) == []


def test_pools_that_mind_their_own_business_are_not_multiplied(check):
    steps = [f"{{0}}{number}" for number in range(12)]
    busy = "\n".join(f"user {one}" for one in steps) + "\nstart {0}s\nend {0}e\n{0}s -> "
    busy += " -> ".join(steps) + " -> {0}e"
    pools = {"a": ASKS, "b": REPLIES, "c": busy.format("c"), "d": busy.format("d")}
    alone = check({"a": ASKS, "b": REPLIES}, *TALK).states

    tied = ("ask -> c3", "ask -> d3")  # connected, though nothing of theirs waits for it
    report = check(pools, *TALK, *tied)

    assert report.verdict != "not-proven"
    assert report.states < alone + 12 * 12


def test_past_a_limit_pools_together_are_not_proven(check):
    report = check({"a": ASKS, "b": REPLIES}, *TALK, limits=Limits(states=3))

    assert (report.verdict, report.limit) == ("not-proven", "states")


# --- the law: pools without choices end or do not, in whatever order they go ------------------------

ACTS = st.lists(st.tuples(st.sampled_from(["user", "send", "receive"]), st.sampled_from("xy")), max_size=3)


@given(st.lists(ACTS, min_size=3, max_size=3))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pools_without_choices_wait_for_ever_exactly_where_playing_them_stops(check, acts):
    names = "abc"
    pools, flows = {}, []
    for at, each in enumerate(acts):
        own, after = names[at], names[(at + 1) % 3]
        lines = [f"start {own}s"]
        for number, (kind, name) in enumerate(each):
            message = {"user": "", "send": f" : {own}{name}", "receive": f" : {names[at - 1]}{name}"}[kind]
            lines.append(f"{kind} {own}{number}{message}")
            if kind == "send":
                flows.append(f"{own}{number} -> pool_{after}")
        steps = [f"{own}{number}" for number in range(len(each))]
        lines += [f"end {own}e", " -> ".join([f"{own}s", *steps, f"{own}e"])]
        pools[own] = "\n".join(lines)

    told = {one.elements[0] for one in check(pools, *flows).problems if one.kind == "deadlock"}

    assert told == left_waiting(acts)


def left_waiting(acts):
    """Play the pools until none goes on; whoever then waits for what somebody sends, waits for ever.

    Pools that no message flow connects do not talk: what they wait for may come from anywhere.
    """
    sent = {(at, name) for at, each in enumerate(acts) for kind, name in each if kind == "send"}
    place, kept = [0] * len(acts), []
    moved = True
    while moved:
        moved = False
        for at, each in enumerate(acts):
            while place[at] < len(each):
                kind, name = each[place[at]]
                wanted = ((at - 1) % len(acts), name)
                if kind == "send":
                    kept.append((at, name))
                elif kind == "receive" and wanted in sent:
                    if wanted not in kept:
                        break
                    kept.remove(wanted)
                place[at] += 1
                moved = True
    return {f"{'abc'[at]}{place[at]}" for at, each in enumerate(acts) if place[at] < len(each)}


# --- keys -------------------------------------------------------------------------------------------


def with_keys(ask="order_no", reply="order_no", bound="", writes=""):
    """Let messages be found by the key "order_no": where Ask and Reply have it, and what process a compares."""

    def put(xml):
        ids = {name: ident for ident, name in re.findall('<message id="([^"]*)" name="([^"]*)"', xml)}
        paths = "".join(
            f'<correlationPropertyRetrievalExpression messageRef="{ids[name]}"><messagePath>{path}</messagePath>'
            "</correlationPropertyRetrievalExpression>"
            for name, path in (("Ask", ask), ("Reply", reply))
        )
        prop = f'<correlationProperty id="p" name="order_no">{paths}</correlationProperty>'
        subscribed = (
            '<correlationSubscription correlationKeyRef="k"><correlationPropertyBinding '
            f'correlationPropertyRef="p"><dataPath>{bound}</dataPath></correlationPropertyBinding>'
            "</correlationSubscription>"
        )
        xml = xml.replace("<collaboration", prop + "<collaboration", 1)
        decides = (
            f'<userTask xmlns:mc="{MC}" mc:decision="{writes}" id="look"' if writes else '<userTask id="look"'
        )
        xml = xml.replace('<userTask id="look"', decides)
        return re.sub('<process id="a"[^>]*>', lambda one: one[0] + subscribed * bool(bound), xml)

    return put


@pytest.fixture
def check_keys(check):
    def run(b=REPLIES, begins="t", **keys):
        return check({"a": ASKS, "b": b}, f"ask -> {begins}", "reply -> wait", put=with_keys(**keys))

    return run


@pytest.mark.parametrize(
    "paths",
    [
        {},  # the asker's own variable, taken over by the answerer
        {"ask": "order.no", "bound": "order.no"},  # what the process says it compares
    ],
)
def test_an_answer_with_the_key_of_the_question_is_sound(check_keys, paths):
    report = check_keys(**paths)

    assert kinds(report) == []
    assert report.verdict == "sound"


@pytest.mark.parametrize(
    "paths",
    [
        {"reply": "other"},  # the answerer's own value, not the one it was asked with
        {"ask": "order.no", "bound": "file.no"},
        {"ask": "now", "bound": "now"},
    ],
)
def test_an_answer_whose_key_may_be_another_is_not_proven(check_keys, paths):
    report = check_keys(**paths)

    found = only(report, "message-keys")
    assert found.severity == "open"
    assert found.elements == ("wait",)
    assert "“order_no”" in found.message.vi
    assert report.verdict == "not-proven"


def test_a_key_that_a_step_writes_meanwhile_is_not_proven(check_keys):
    assert only(check_keys(writes="order_no"), "message-keys").severity == "open"
    assert kinds(check_keys(writes="another")) == []


def test_keys_between_two_that_begin_by_themselves_are_not_proven(check_keys):
    waits = "start t\nreceive asked : Ask\nsend reply : Reply\nend f\nt -> asked -> reply -> f"

    report = check_keys(waits, begins="asked")

    assert [one.elements for one in report.problems if one.kind == "message-keys"] == [("wait",), ("asked",)]
