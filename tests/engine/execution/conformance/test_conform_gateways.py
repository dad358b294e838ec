"""Gateways (BPMN 2.0.2, 10.6, 13.4)."""

import pytest

from engine.bpmn.problems import BadDiagram
from engine.execution import Entered, NoFlowHolds
from engine.execution.runner import run_file

BRANCHES = "user a\nuser b\nuser c"


@pytest.mark.parametrize(("x", "taken"), [(1, "a"), (2, "b"), (3, "c")])
def test_exclusive_takes_the_first_that_holds_else_the_default(play, x, taken):
    p = play(f"start s\nxor g\n{BRANCHES}\ns -> g\ng -> a if x < 2\ng -> b if x < 3\ng -> c default", x=x)
    assert p.open == [taken]


def test_exclusive_without_a_way_is_an_error(play):
    with pytest.raises(NoFlowHolds):
        play("start s\nxor g\nuser a\ns -> g\ng -> a if false")


def test_exclusive_merges_without_waiting(play):
    p = play("start s\nxor j\nuser a\ns -> j\n<sequenceFlow id='again' sourceRef='s' targetRef='j'/>\nj -> a")
    assert p.open == ["a", "a"]


def test_parallel_splits_into_all_and_joins_all(play):
    p = play("start s\nand f\nuser a\nuser b\nand j\nuser z\ns -> f\nf -> a -> j\nf -> b -> j\nj -> z")
    assert p.open == ["a", "b"]
    assert p.done("b").open == ["a"]
    assert p.done("a").open == ["z"]


def test_parallel_branches_are_open_at_the_same_time(play):
    p = play(
        "start s\nand f\ncatch c : signal S\nthrow t : signal S\nuser z\nuser y\ns -> f\nf -> c -> z\nf -> t -> y"
    )
    assert p.open == ["y", "z"]


def test_a_parallel_join_that_one_branch_never_reaches_stays(bpmn):
    xml = bpmn(
        "start s\nxor f\nservice a\nservice b\nand j\nend e\ns -> f\nf -> a if true\nf -> b default\na -> j\nb -> j\nj -> e"
    )
    assert list(run_file(xml))[-1]["outcome"] == "incident"


@pytest.mark.parametrize("kind", ["xor", "and", "or"])
def test_a_gateway_may_join_and_split_at_once(play, kind):
    p = play(
        f"start s\nand f\n{kind} g\nuser a\nuser b\ns -> f\nf -> g\n<sequenceFlow id='two' sourceRef='f' targetRef='g'/>\ng -> a if true\ng -> b if true".replace(
            " if true", "" if kind == "and" else " if true"
        )
    )
    assert p.open == {"xor": ["a", "a"], "and": ["a", "b"], "or": ["a", "b"]}[kind]


@pytest.mark.parametrize(("x", "taken"), [(1, ["a", "b"]), (2, ["b"]), (3, ["c"])])
def test_inclusive_takes_all_that_hold_else_the_default(play, x, taken):
    p = play(f"start s\nor g\n{BRANCHES}\ns -> g\ng -> a if x < 2\ng -> b if x < 3\ng -> c default", x=x)
    assert p.open == taken


@pytest.mark.parametrize("x", [1, 2, 3])
def test_inclusive_joins_exactly_the_branches_that_were_taken(play, x):
    p = play(
        f"start s\nor g\n{BRANCHES}\nor j\nuser z\ns -> g\ng -> a if x < 2\ng -> b if x < 3\ng -> c default\na -> j\nb -> j\nc -> j\nj -> z",
        x=x,
    )
    opened = p.open
    assert p.done(*opened[:-1]).names(Entered).count("j") == 0
    assert p.done(opened[-1]).open == ["z"]


def test_inclusive_does_not_wait_for_a_branch_that_ended(play):
    p = play(
        "start s\nand f\nuser a\nuser b\nend e\nor j\nuser z\ns -> f\nf -> a -> j\nf -> b\nb -> e if x = 1\nb -> j default\nj -> z",
        x=1,
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


COMPLEX = """start s
and f
user a
user b
user c
complex j
  <activationCondition>activationCount >= 2</activationCondition>
user z
s -> f
f -> a -> j
f -> b -> j
f -> c -> j
j -> z""".replace(">=", "&gt;=")


def test_complex_goes_on_by_its_condition_and_swallows_what_comes_late(play):
    p = play(COMPLEX).done("a")
    assert p.open == ["b", "c"]
    assert p.done("b").open == ["c", "z"]
    assert p.done("c").open == ["z"]
    assert p.done("z").status == "completed"


def test_complex_chooses_its_ways_like_an_inclusive_gateway(play):
    text = (
        "start s\ncomplex g\nuser a\nuser b\nuser c\ns -> g\ng -> a if x = 1\ng -> b if x < 3\ng -> c default"
    )
    assert (play(text, x=1).open, play(text, x=2).open, play(text, x=3).open) == (["a", "b"], ["b"], ["c"])


def test_complex_may_take_other_ways_when_it_is_reset(play):
    text = COMPLEX.replace("j -> z", "user rest\nj -> z if waitingForStart\nj -> rest if not waitingForStart")
    p = play(text).done("a", "b")
    assert p.open == ["c", "z"]
    assert p.done("c").open == ["rest", "z"]


def test_complex_asks_all_its_conditions_anew_when_it_is_reset(play):
    ways = "user rest\nj -> z if x = 1\nj -> rest default"
    p = play(COMPLEX.replace("j -> z", ways), x=1).done("a", "b")
    assert p.open == ["c", "z"]
    assert p.done("c").open == ["z", "z"]


def test_complex_takes_its_default_where_no_condition_holds_at_its_reset(play):
    ways = "user rest\nj -> z if waitingForStart\nj -> rest default"
    p = play(COMPLEX.replace("j -> z", ways)).done("a", "b")
    assert p.open == ["c", "z"]
    assert p.done("c").open == ["rest", "z"]


FIRST = "start s\nfirst g\ncatch m : message M\ncatch n : signal N\ncatch t : timer PT1H\ncatch w : when x = 1\nreceive r : R\nuser a\nuser b\nuser c\nuser d\nuser e\ns -> g\ng -> m -> a\ng -> n -> b\ng -> t -> c\ng -> w -> d\ng -> r -> e"


@pytest.mark.parametrize(
    ("happens", "taken"),
    [
        pytest.param(lambda p: p.message("M"), "a", id="message"),
        pytest.param(lambda p: p.signal("N"), "b", id="signal"),
        pytest.param(lambda p: p.fire("t"), "c", id="timer"),
        pytest.param(lambda p: p.changed(x=1), "d", id="conditional"),
        pytest.param(lambda p: p.message("R"), "e", id="receive task"),
    ],
)
def test_event_based_follows_the_event_that_comes_first(play, happens, taken):
    p = happens(play(FIRST, x=0))
    assert (p.open, p.armed) == ([taken], [])
    assert p.signal("N").open == [taken]


def test_an_instantiating_event_gateway_begins_with_any_of_its_events(bpmn):
    xml = bpmn(
        "first g instantiate=true\ncatch m : message M\ncatch n : message N\nuser a\nuser b\ng -> m -> a\ng -> n -> b"
    )
    assert list(run_file(xml, answers=[{"message": "M"}]))[-1]["waiting"] == ["a"]
    assert list(run_file(xml, answers=[{"message": "M"}, {"message": "N"}]))[-1]["waiting"] == ["a", "b"]


PARALLEL = "first g instantiate=true eventGatewayType=Parallel\ncatch m : message M\ncatch n : message N\nuser a\nuser b\ng -> m -> a\ng -> n -> b"


def test_a_parallel_instantiating_event_gateway_needs_every_event_in_one_instance(bpmn):
    xml = bpmn(PARALLEL)
    for names in (("M", "N"), ("N", "M")):
        answers = [{"message": name} for name in names]
        first = list(run_file(xml, answers=answers[:1]))[-1]
        assert sorted(first["waiting"]) == (["a", "n"] if names[0] == "M" else ["b", "m"])
        assert sorted(list(run_file(xml, answers=answers))[-1]["waiting"]) == ["a", "b"]


def test_a_parallel_event_gateway_that_starts_nothing_is_refused(bpmn):
    with pytest.raises(BadDiagram, match="instantiate"):
        list(run_file(bpmn("start s\n" + PARALLEL.replace(" instantiate=true", "") + "\ns -> g")))
