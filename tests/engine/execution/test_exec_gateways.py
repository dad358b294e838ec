"""Gateways: exclusive, parallel, inclusive, complex, event-based (BPMN 2.0.2, 13.4)."""

import pytest

from engine.execution import Entered, FlowTaken, NoFlowHolds, NotBoolean

CHOICE = """
start s
user a
xor g
user big
user small
user none
s -> a -> g
g -> big if amount > 100
g -> small if amount > 0
g -> none default
"""


@pytest.mark.parametrize(
    ("amount", "taken"),
    [pytest.param(200, "big", id="first that holds"), (5, "small"), pytest.param(0, "none", id="default")],
)
def test_exclusive_takes_one_way(play, amount, taken):
    assert play(CHOICE).done("a", amount=amount).open == [taken]


def test_a_condition_that_is_null_does_not_hold(play):
    p = play("start s\nxor g\nuser a\nuser b\ns -> g -> a if x\ng -> b default", x=None)
    assert p.open == ["b"]


def test_no_condition_and_no_default_is_refused_by_name_and_undone(play):
    p = play("start s\nuser a\nxor g name=Đủ_hồ_sơ?\nuser b\ns -> a -> g\ng -> b if no", no=False)
    with pytest.raises(NoFlowHolds, match="Đủ hồ sơ") as refusal:
        p.done("a")
    assert "Đủ hồ sơ" in refusal.value.say("vi")
    assert p.open == ["a"]


def test_a_condition_that_is_not_boolean_is_refused(play):
    with pytest.raises(NotBoolean, match="12") as refusal:
        play("start s\nxor g\nuser a\ns -> g -> a if x", x=12)
    assert "“x”" in refusal.value.say("en")


def test_parallel_waits_for_all(play):
    p = play("start s\nand f\nuser a\nuser b\nand j\nuser c\ns -> f -> a -> j\nf -> b -> j -> c")
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["c"]
    assert p.names(Entered).count("j") == 1


def test_parallel_join_keeps_the_token_that_is_too_much(play):
    """Two tokens on one way in are not one on each."""
    p = play(
        """
        start s
        and f
        user a
        user b
        user c
        xor m
        and j
        user d
        s -> f -> a -> m
        f -> b -> m -> j
        f -> c -> j -> d
        """
    )
    assert p.done("a", "b").open == ["c"]
    assert p.done("c").open == ["d"]
    assert p.done("d").status == "running"


def test_parallel_join_in_a_rework_loop_waits_each_round(play):
    p = play(
        """
        start s
        xor m
        and f
        user a
        user b
        and j
        user check
        xor g
        end e
        s -> m -> f -> a -> j
        f -> b -> j -> check -> g
        g -> m if again
        g -> e default
        """,
        again=True,
    )
    size = len(str(p.state))
    for first, second in [("a", "b"), ("b", "a")] * 3:
        assert p.done(first).open == [second]
        assert p.done(second).open == ["check"]
        p.done("check")
    assert len(str(p.state)) <= size + 4, "the state grows with the rounds"
    assert p.done("a", "b", "check", again=False).status == "completed"


SOME = """
start s
or f
user a
user b
user c
or j
user d
s -> f
f -> a if wanted_a
f -> b if wanted_b
f -> c if wanted_c
a -> j
b -> j
c -> j -> d
"""


@pytest.mark.parametrize("wanted", ["a", "ab", "abc"])
def test_inclusive_takes_all_that_hold_and_waits_for_exactly_those(play, wanted):
    p = play(SOME, **{f"wanted_{node}": node in wanted for node in "abc"})
    for node in wanted:
        assert "d" not in p.open
        p.done(node)
    assert p.open == ["d"]


def test_inclusive_takes_the_default_only_when_nothing_holds(play):
    text = "start s\nor f\nuser a\nuser b\nuser c\ns -> f -> a if x\nf -> b if y\nf -> c default"
    assert play(text, x=True, y=False).open == ["a"]
    assert play(text, x=False, y=False).open == ["c"]


def test_inclusive_join_waits_in_a_loop(play):
    p = play(
        """
        start s
        xor m
        or f
        user a
        user b
        or j
        user z
        xor g
        end e
        s -> m -> f
        f -> a if true
        f -> b if true
        a -> j
        b -> j -> z -> g
        g -> m if again
        g -> e default
        """,
        again=True,
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]
    assert p.done("z").open == ["a", "b"]
    assert p.done("b", "a", "z", again=False).status == "completed"


def test_inclusive_join_does_not_wait_for_a_token_that_can_only_reach_a_marked_flow(play):
    p = play(
        """
        start s
        and x
        user a
        user b
        xor m
        user c
        user never
        end f
        or j
        user d
        s -> x -> a -> m -> j
        x -> b -> m
        x -> c -> f
        <sequenceFlow id="n.j" sourceRef="never" targetRef="j"/>
        j -> d
        <startEvent id="s2"><messageEventDefinition messageRef="message_M"/></startEvent>
        s2 -> never
        """,
        before='<message id="message_M" name="M"/>',
    )
    assert "d" in p.done("a").open


def test_inclusive_join_waits_for_a_token_that_may_come_by_a_boundary_event(play):
    p = play(
        """
        start s
        and x
        user a
        sub q
          start qs
          user qa
          qs -> qa
        boundary t on q : timer PT1H
        user r
        or j
        user z
        s -> x -> a -> j
        x -> q
        t -> r -> j -> z
        """
    )
    assert p.done("a").open == ["qa"]
    assert p.done("qa").open == ["z"]


def test_inclusive_join_waits_for_a_token_that_may_come_by_a_link(play):
    p = play(
        """
        start s
        and x
        user a
        user b
        throw out : link L
        catch in : link L
        or j
        user z
        s -> x -> a -> j
        x -> b -> out
        in -> j -> z
        """
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


def test_conditions_and_default_on_flows_leaving_a_task(play):
    text = "start s\nuser a\nuser b\nuser c\nuser d\ns -> a -> b if x\na -> c default\na -> d"
    assert play(text).done("a", x=True).open == ["b", "d"]
    assert play(text).done("a", x=False).open == ["c", "d"]


def test_a_task_whose_conditions_all_fail_is_refused(play):
    p = play("start s\nuser a\nuser b\ns -> a -> b if x", x=False)
    with pytest.raises(NoFlowHolds):
        p.done("a")


FIRST = """
start s
first g
catch m : message M
catch t : timer PT5H
catch n : signal N
receive r : R
user a
user b
user c
user d
s -> g -> m -> a
g -> t -> b
g -> n -> c
g -> r -> d
"""


def test_the_first_event_behind_an_event_gateway_wins_and_clears_the_others(play):
    p = play(FIRST)
    assert (p.waiting, p.armed) == (["g"], ["t"])
    assert play(FIRST).message("M").open == ["a"]
    assert play(FIRST).fire("t").open == ["b"]
    assert play(FIRST).signal("N").open == ["c"]
    p.message("R")
    assert (p.open, p.waiting, p.armed) == (["d"], ["d"], [])
    assert [e.flow for e in p.last if isinstance(e, FlowTaken)] == ["g.r", "r.d"]


def test_complex_goes_on_by_its_rule_swallows_the_rest_and_begins_anew(play):
    p = play(
        """
        start s
        xor m
        and x
        user a
        user b
        user c
        complex k
          <activationCondition>activationCount &gt;= 2</activationCondition>
        user z
        s -> m -> x -> a -> k
        x -> b -> k
        x -> c -> k -> z -> m
        """
    )
    assert "z" not in p.done("a").open
    assert p.done("b").open == ["c", "z"]
    assert p.done("c").open == ["z"]
    assert p.done("z").open == ["a", "b", "c"]
