"""Loops and multi-instance activities (BPMN 2.0.2, 13.3.6–13.3.7)."""

import pytest

from engine.execution import EndlessLoop, Left, TooManyInstances, WorkOpened


def test_a_loop_runs_at_least_once_and_then_while_its_condition_holds(play):
    p = play("start s\nuser a : while again\nuser z\ns -> a -> z", again=True)
    assert p.done("a").open == ["a"]
    assert p.done("a", again=False).open == ["z"]


def test_a_loop_tested_before_may_not_run_at_all(play):
    text = (
        'start s\n<userTask id="a"><standardLoopCharacteristics testBefore="true">'
        "<loopCondition>again</loopCondition></standardLoopCharacteristics></userTask>\nuser z\ns -> a -> z"
    )
    assert play(text, again=False).open == ["z"]
    assert play(text, again=True).open == ["a"]


def test_a_loop_has_a_maximum(play):
    p = play(
        """
        start s
        user a
          <standardLoopCharacteristics loopMaximum="2"/>
        user z
        s -> a -> z
        """
    )
    assert p.done("a").open == ["a"]
    assert p.done("a").open == ["z"]


def test_parallel_instances_all_wait_and_know_their_number(play):
    p = play("start s\nuser a : each 3\nuser z\ns -> a -> z")
    assert p.open == ["a"] * 3
    assert [e.index for e in p.effects if isinstance(e, WorkOpened)] == [1, 2, 3]
    assert p.done("a", "a").open == ["a"]
    assert p.done("a").open == ["z"]
    assert p.names(Left).count("a") == 3


def test_sequential_instances_come_one_after_the_other(play):
    p = play("start s\nuser a : each-in-turn 2\nuser z\ns -> a -> z")
    assert p.done("a").open == ["a"]
    assert p.done("a").open == ["z"]


def test_zero_instances_are_passed(play):
    assert play("start s\nuser a : each n\nuser z\ns -> a -> z", n=0).open == ["z"]


def test_the_completion_condition_withdraws_the_rest(play):
    p = play("start s\nuser v : each 5 until numberOfCompletedInstances >= 3\nuser z\ns -> v -> z")
    assert p.done("v", "v").open == ["v"] * 3
    assert p.done("v").open == ["z"]
    assert sum(getattr(e, "how", "") == "cancelled" for e in p.last) == 2


def test_a_collection_gives_one_instance_each_with_its_item(play):
    p = play(
        """
        start s
        <subProcess id="q"><multiInstanceLoopCharacteristics>
        <loopDataInputRef>agencies</loopDataInputRef><inputDataItem id="i" name="agency"/>
        </multiInstanceLoopCharacteristics><startEvent id="qs"/><exclusiveGateway id="g" default="d"/>
        <userTask id="fire"/><userTask id="other"/>
        <sequenceFlow id="f1" sourceRef="qs" targetRef="g"/>
        <sequenceFlow id="f2" sourceRef="g" targetRef="fire">
        <conditionExpression>agency = "pc07"</conditionExpression></sequenceFlow>
        <sequenceFlow id="d" sourceRef="g" targetRef="other"/></subProcess>
        user z
        s -> q -> z
        """,
        agencies=["pc07", "tax", "culture"],
    )
    assert p.open == ["fire", "other", "other"]


@pytest.mark.parametrize("number", [10**6, 501, -1, "abc", None, 2.5, True, float("nan")])
def test_a_number_of_instances_out_of_bounds_is_refused(play, number):
    with pytest.raises(TooManyInstances) as refusal:
        play("start s\nuser a name=Lấy_ý_kiến : each n\ns -> a", n=number)
    assert "Lấy ý kiến" in refusal.value.say("vi")
    assert "None" not in refusal.value.say("vi"), "what is missing is said in words"


def test_five_hundred_instances_with_automatic_steps_are_fine(play):
    p = play(
        "start s\nsub q : each 500\n  start qs\n  service a\n  service b\n  qs -> a -> b\nuser z\ns -> q -> z"
    )
    assert p.open == ["z"]


def test_a_diagram_that_never_rests_is_stopped(play):
    with pytest.raises(EndlessLoop) as refusal:
        play(
            """
            start s
            xor m
            service a name=Tính_phí
            xor g
            end e
            s -> m -> a -> g
            g -> m if true
            g -> e default
            """
        )
    assert "waiting step" in refusal.value.say("en")


def test_instances_that_multiply_without_end_are_stopped(play):
    with pytest.raises(EndlessLoop):
        play(
            """
            start s
            xor m
            and f
            s -> m -> f
            f -> m
            <sequenceFlow id="again" sourceRef="f" targetRef="m"/>
            """
        )


def test_a_loop_of_a_sub_process_opens_it_anew_each_time(play):
    p = play(
        """
        start s
        sub q : each-in-turn 2
          start qs
          user a
          boundary t on a : timer PT1H
          qs -> a
        user z
        s -> q -> z
        """
    )
    assert (p.open, p.armed) == (["a"], ["t"])
    assert p.done("a").armed == ["t"]
    assert p.done("a").open == ["z"]


BEHAVIOR = """
start s
user a
  <multiInstanceLoopCharacteristics behavior="BEHAVIOR" oneBehaviorEventRef="sd" noneBehaviorEventRef="sd">
  <loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>
<boundaryEvent id="b" attachedToRef="a"><signalEventDefinition signalRef="signal_S"/></boundaryEvent>
user r
user z
s -> a -> z
b -> r
"""
SIGNAL = '<signal id="signal_S" name="S"/><signalEventDefinition id="sd" signalRef="signal_S"/>'


@pytest.mark.parametrize(("behavior", "announced"), [("One", 1), ("None", 3)])
def test_instances_announce_that_they_are_done(play, behavior, announced):
    p = play(BEHAVIOR.replace("BEHAVIOR", behavior), before=SIGNAL).done("a", "a", "a")
    assert p.open == ["r"] * announced + ["z"]
