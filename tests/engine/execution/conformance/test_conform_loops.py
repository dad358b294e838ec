"""Standard loops and multi-instance activities (BPMN 2.0.2, 10.3.8, 13.3.6–13.3.7)."""

import pytest

from engine.bpmn.problems import BadDiagram
from engine.execution import Entered, Interrupted, Thrown, TooManyInstances

KINDS = {
    "task": "service a\n{}\n",
    "sub-process": "sub a\n{}\n  start as\n  service inner\n  as -> inner\n",
}


def looped(play, kind, loop, before="", **data):
    """Run an activity with a loop; return how often its work was done."""
    text = "start s\n" + KINDS[kind].format(f"  {loop}") + "user z\ns -> a -> z"
    p = play(text, before=before, **data)
    assert p.open == ["z"]
    return p.names(Entered).count("inner" if kind == "sub-process" else "a")


def standard(condition="", attributes=""):
    said = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics {attributes}>{said}</standardLoopCharacteristics>"


def multi(number="3", attributes="", more=""):
    return (
        f"<multiInstanceLoopCharacteristics {attributes}><loopCardinality>{number}</loopCardinality>{more}"
        "</multiInstanceLoopCharacteristics>"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("loop", "times"),
    [
        pytest.param(standard("loopCounter &lt; 3"), 3, id="condition"),
        pytest.param(standard("false"), 1, id="tested after, false at once"),
        pytest.param(standard("false", 'testBefore="true"'), 0, id="tested before, false at once"),
        pytest.param(standard("loopCounter &lt; 2", 'testBefore="true"'), 2, id="tested before"),
        pytest.param(standard("true", 'loopMaximum="4"'), 4, id="condition and maximum"),
        pytest.param(standard("", 'loopMaximum="2"'), 2, id="maximum alone"),
        pytest.param(standard("true", 'loopMaximum="0"'), 0, id="maximum of none"),
        pytest.param(multi(), 3, id="parallel"),
        pytest.param(multi("3", 'isSequential="true"'), 3, id="sequential"),
        pytest.param(multi("0"), 0, id="none"),
        pytest.param(multi("1 + 1"), 2, id="an expression"),
    ],
)
def test_an_activity_is_repeated(play, kind, loop, times):
    assert looped(play, kind, loop) == times


@pytest.mark.parametrize("value", ["-1", "-500"])
def test_a_negative_maximum_is_refused(play, value):
    with pytest.raises(BadDiagram, match="loopMaximum"):
        looped(play, "task", standard("true", f'loopMaximum="{value}"'))


def test_a_negative_number_of_instances_is_refused_drawn_or_reckoned(play):
    with pytest.raises(BadDiagram):
        looped(play, "task", multi("-1"))
    with pytest.raises(TooManyInstances):
        looped(play, "task", multi("n"), n=-1)


def test_a_loop_counter_counts_from_one(play):
    p = play(
        "start s\nsub q : each 2\n  start qs\n  xor g\n  user a\n  user b\n  qs -> g\n  g -> a if loopCounter = 1\n  g -> b default\ns -> q"
    )
    assert p.open == ["a", "b"]


def test_sequential_instances_wait_for_each_other_and_parallel_ones_do_not(play):
    assert play("start s\nuser a : each-in-turn 3\ns -> a").open == ["a"]
    assert play("start s\nuser a : each 3\ns -> a").open == ["a", "a", "a"]


@pytest.mark.parametrize("how", ["each", "each-in-turn"])
def test_the_completion_condition_is_asked_after_each_instance_and_ends_the_rest(play, how):
    p = play(f"start s\nuser a : {how} 5 until numberOfCompletedInstances = 2\nuser z\ns -> a -> z").done(
        "a", "a"
    )
    assert p.open == ["z"]
    assert p.names(Interrupted) == (["a"] * 3 if how == "each" else [])


@pytest.mark.parametrize("how", ["each", "each-in-turn"])
def test_counts_answer_to_the_names_that_camunda_gives_them_too(play, how):
    p = play(
        f"start s\nuser a : {how} 5 until nrOfCompletedInstances >= 2 and nrOfInstances = 5\nuser z\ns -> a -> z"
    )
    assert p.done("a", "a").open == ["z"]


def test_counts_of_instances_can_be_asked(play):
    rule = "numberOfInstances = 4 and numberOfActiveInstances = 1 and numberOfCompletedInstances = 3"
    p = play(f"start s\nuser a : each 4 until {rule}\nuser z\ns -> a -> z").done("a", "a", "a")
    assert p.open == ["z"]


# --- behaviour: events that instances throw --------------------------------------------------------

EVENT = '<signal id="sig" name="S"/><signalEventDefinition id="sd" signalRef="sig"/>'
BEHAVIOR = """start s
user a
  LOOP
<boundaryEvent id="b" attachedToRef="a" cancelActivity="QUIET"><signalEventDefinition REF/></boundaryEvent>
user r
user z
s -> a -> z
b -> r"""


def behaving(play, behavior, more="", ref='signalRef="sig"', quiet="true", **data):
    loop = (
        f'<multiInstanceLoopCharacteristics behavior="{behavior}" {more if not more.startswith("<") else ""}>'
        f"<loopCardinality>3</loopCardinality>{more if more.startswith('<') else ''}</multiInstanceLoopCharacteristics>"
    )
    text = BEHAVIOR.replace("LOOP", loop).replace("REF", ref).replace("QUIET", quiet)
    return play(text, before=EVENT, **data)


@pytest.mark.parametrize("quiet", ["true", "false"])
@pytest.mark.parametrize(
    ("behavior", "more", "heard"),
    [
        pytest.param("All", "", 0, id="All: no event"),
        pytest.param("None", 'noneBehaviorEventRef="sd"', 3, id="None: at every instance"),
        pytest.param("One", 'oneBehaviorEventRef="sd"', 1, id="One: at the first instance"),
    ],
)
def test_behaviour_says_when_instances_throw_and_all_instances_are_done_nevertheless(
    play, behavior, more, heard, quiet
):
    p = behaving(play, behavior, more, quiet=quiet)
    assert p.done("a").open == ["a", "a"] + ["r"] * min(heard, 1)
    assert p.done("a", "a").open == ["r"] * heard + ["z"]
    assert [e.ref for e in p.effects if isinstance(e, Thrown)] == ["S"] * heard


def test_without_a_named_event_instances_throw_a_signal_that_needs_no_name(play):
    p = behaving(play, "One", ref="")
    assert p.done("a").open == ["a", "a", "r"]


def test_what_instances_throw_carries_their_counts(play):
    loop = '<multiInstanceLoopCharacteristics behavior="None"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    text = f"""start s
user a
  {loop}
<boundaryEvent id="b" attachedToRef="a"><dataOutput id="w" name="numberOfCompletedInstances"/>
<dataOutputAssociation><sourceRef>w</sourceRef><targetRef>o</targetRef></dataOutputAssociation>
<signalEventDefinition/></boundaryEvent>
<dataObject id="o" name="so_far"/>
xor g
user first
user later
s -> a
b -> g
g -> first if so_far = 1
g -> later default"""
    assert play(text).done("a").open == ["a", "first"]


def test_complex_behaviour_throws_when_its_condition_holds_and_ends_the_activity(play):
    rule = (
        "<complexBehaviorDefinition><condition>numberOfCompletedInstances = 2</condition>"
        '<event id="ev"><eventDefinitionRef>sd</eventDefinitionRef></event></complexBehaviorDefinition>'
    )
    p = behaving(play, "Complex", rule).done("a")
    assert p.open == ["a", "a"]
    assert p.done("a").open == ["r", "z"]


def test_an_interrupting_event_on_the_boundary_ends_all_instances_at_once(play):
    for how in ("each", "each-in-turn"):
        p = play(
            f"start s\nsub q : {how} 3\n  start qs\n  user a\n  qs -> a\nboundary b on q : message M\nuser z\ns -> q\nb -> z"
        )
        assert p.message("M").open == ["z"]


def test_an_error_of_one_instance_ends_them_all(play):
    p = play("start s\nuser a : each 3\nboundary b on a : error E\nuser z\ns -> a\nb -> z").fail("a", "E")
    assert p.open == ["z"]


def test_terminate_ends_one_instance_only(play):
    p = play(
        "start s\nsub q : each 2\n  start qs\n  user a\n  user b\n  end t : terminate\n  qs -> a -> t\n  qs -> b\nuser z\ns -> q -> z"
    ).done("a")
    assert p.open == ["a", "b"]
    assert p.done("a").open == ["z"]
