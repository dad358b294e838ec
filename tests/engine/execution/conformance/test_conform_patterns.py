"""The 43 workflow control-flow patterns, as far as BPMN can draw them; one test each, by number.

Not drawable: 39 (critical section: two regions of different branches exclude each other).
"""

import pytest

from engine.bpmn.problems import BadDiagram
from engine.execution import Choose, Entered
from engine.execution.runner import run_file


def count(p, node):
    return p.names(Entered).count(node)


def test_wcp01_sequence(play):
    assert play("start s\nuser a\nuser b\ns -> a -> b").done("a").open == ["b"]


@pytest.mark.parametrize(
    "gateway", ["and g\ns -> g\ng -> a\ng -> b", "s -> a\ns -> b"], ids=["gateway", "implicit"]
)
def test_wcp02_parallel_split(play, gateway):
    assert play(f"start s\nuser a\nuser b\n{gateway}").open == ["a", "b"]


JOINED = "start s\nand f\nuser a\nuser b\n{}\nuser z\ns -> f\nf -> a -> j\nf -> b -> j\nj -> z"


def test_wcp03_synchronization(play):
    p = play(JOINED.format("and j")).done("a")
    assert p.open == ["b"]
    assert p.done("b").open == ["z"]


def test_wcp04_exclusive_choice(play):
    text = "start s\nxor g\nuser a\nuser b\ns -> g\ng -> a if x = 1\ng -> b default"
    assert (play(text, x=1).open, play(text, x=2).open) == (["a"], ["b"])


@pytest.mark.parametrize(
    "merge", ["xor j\na -> j\nb -> j\nj -> z", "a -> z\nb -> z"], ids=["gateway", "implicit"]
)
def test_wcp05_simple_merge(play, merge):
    p = play(f"start s\nxor g\nuser a\nuser b\nuser z\ns -> g\ng -> a if x = 1\ng -> b default\n{merge}", x=1)
    assert p.done("a").open == ["z"]


@pytest.mark.parametrize("kind", ["or", "complex", "service"], ids=["inclusive", "complex", "implicit"])
@pytest.mark.parametrize(("x", "taken"), [(1, ["a", "b"]), (2, ["b"]), (9, ["c"])])
def test_wcp06_multi_choice(play, kind, x, taken):
    text = (
        f"start s\n{kind} g\nuser a\nuser b\nuser c\ns -> g\ng -> a if x < 2\ng -> b if x < 3\ng -> c default"
    )
    assert play(text, x=x).open == taken


MULTI = "start s\nor g\nuser a\nuser b\n{} j\nuser z\ns -> g\ng -> a if x < 2\ng -> b if x < 3\na -> j\nb -> j\nj -> z"


def test_wcp07_structured_synchronizing_merge(play):
    assert play(MULTI.format("or"), x=1).done("a").open == ["b"]
    assert play(MULTI.format("or"), x=1).done("a", "b").open == ["z"]
    assert play(MULTI.format("or"), x=2).done("b").open == ["z"]


def test_wcp08_multi_merge(play):
    assert play(MULTI.format("xor"), x=1).done("a", "b").open == ["z", "z"]


DISCRIMINATOR = "complex j\n  <activationCondition>activationCount &gt;= {}</activationCondition>"


def test_wcp09_structured_discriminator(play):
    p = play(JOINED.format(DISCRIMINATOR.format(1))).done("a")
    assert p.open == ["b", "z"]
    assert p.done("b").open == ["z"]


def test_wcp09_structured_discriminator_by_multi_instance(play):
    p = play("start s\nuser a : each 3 until numberOfCompletedInstances >= 1\nuser z\ns -> a -> z").done("a")
    assert p.open == ["z"]


def test_wcp10_arbitrary_cycles(play):
    text = "start s\nxor m\nxor n\nuser a\nuser b\nxor g\nxor h\nuser z\ns -> m -> a -> n -> g\ng -> b if x < 3\ng -> z default\nb -> h\nh -> m if x = 1\nh -> n default"
    p = play(text, x=1).done("a", "b")
    assert p.open == ["a"]
    assert p.done("a").done("b", x=2).open == ["b"]
    assert p.done("b", x=3).open == ["z"]


def test_wcp11_implicit_termination(play):
    p = play("start s\nuser a\nuser b\ns -> a\ns -> b").done("a")
    assert p.status == "running"
    assert p.done("b").status == "completed"


def test_wcp12_multiple_instances_without_synchronization(play):
    loop = "start s\nservice n completionQuantity=3\nsub q\n  start qs\n  user a\n  qs -> a\nuser z\ns -> n -> q -> z"
    p = play(loop).done("a")
    assert p.open == ["a", "a", "z"]


def test_wcp13_multiple_instances_known_when_drawn(play):
    p = play("start s\nuser a : each 3\nuser z\ns -> a -> z").done("a", "a")
    assert p.open == ["a"]
    assert p.done("a").open == ["z"]


def test_wcp14_multiple_instances_known_when_begun(play):
    assert play("start s\nuser a : each n\nuser z\ns -> a -> z", n=2).open == ["a", "a"]


def test_wcp15_multiple_instances_not_known_before(play):
    text = """start s
sub q
  start qs
  user a
  on more
    start again quiet : message More
    user b
    again -> b
  qs -> a
user z
s -> q -> z"""
    p = play(text).message("More").message("More")
    assert p.open == ["a", "b", "b"]
    assert p.done("a", "b", "b").open == ["z"]


def test_wcp16_deferred_choice(play):
    text = "start s\nfirst g\ncatch m : message M\ncatch n : message N\nuser a\nuser b\ns -> g\ng -> m -> a\ng -> n -> b"
    assert (play(text).message("M").open, play(text).message("N").open) == (["a"], ["b"])


ROUTING = "start s\nadhoc h ordering=Sequential mc:begin=chosen\n  <completionCondition>n = 3</completionCondition>\n  user a\n  user b\n  user c\n  b -> c\nuser z\ns -> h -> z"


def test_wcp17_interleaved_parallel_routing(play):
    p = play(
        "start s\nadhoc h ordering=Sequential\n  user a\n  user b\n  user c\n  b -> c\nuser z\ns -> h -> z"
    )
    for node in ("a", "b", "c"):
        assert p.open == [node]
        p.done(node)
    assert p.open == ["z"]


def test_wcp18_milestone(play):
    text = "start s\nand f\nuser open_\nfirst g\nreceive ask : Ask\ncatch late : signal Closed\nuser answer\nuser refused\nthrow t : signal Closed\ns -> f\nf -> open_ -> t\nf -> g\ng -> ask -> answer\ng -> late -> refused"
    assert play(text).message("Ask").open == ["answer", "open_"]
    assert play(text).done("open_").open == ["refused"]


@pytest.mark.parametrize("said", ["message M", "signal M", "error M"])
def test_wcp19_cancel_task(play, said):
    p = play(f"start s\nuser a\nboundary b on a : {said}\nuser z\ns -> a\nb -> z")
    {"message": lambda: p.message("M"), "signal": lambda: p.signal("M"), "error": lambda: p.fail("a", "M")}[
        said.split()[0]
    ]()
    assert p.open == ["z"]


def test_wcp20_cancel_case(play):
    by_end = play("start s\nuser a\nuser b\nend t : terminate\ns -> a -> t\ns -> b").done("a")
    assert (by_end.status, by_end.open) == ("terminated", [])
    by_citizen = play(
        "start s\nuser a\non es\n  start w : message Withdrawn\n  end e : terminate\n  w -> e\ns -> a"
    )
    assert by_citizen.message("Withdrawn").open == []


def test_wcp21_structured_loop(play):
    loop = '<standardLoopCharacteristics testBefore="{}"><loopCondition>x &lt; 2</loopCondition></standardLoopCharacteristics>'
    for before, times in (("true", 0), ("false", 1)):
        p = play(f"start s\nservice a\n  {loop.format(before)}\nuser z\ns -> a -> z", x=2)
        assert count(p, "a") == times


def test_wcp22_recursion_is_refused_in_words(bpmn):
    with pytest.raises(BadDiagram, match="calls itself"):
        list(run_file(bpmn("start s\ncall c : p\ns -> c")))


def test_wcp23_transient_trigger(play):
    p = play("start s\nuser a\ncatch c : signal S\nuser z\ns -> a -> c -> z").signal("S").done("a")
    assert p.waiting == ["c"]
    assert p.signal("S").open == ["z"]


def test_wcp24_persistent_trigger():
    xml = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
        b'<message id="m" name="M"/><collaboration id="c"><participant id="A" processRef="p"/>'
        b'<participant id="B" processRef="q"/><messageFlow id="mf" sourceRef="send" targetRef="wait"/></collaboration>'
        b'<process id="p" isExecutable="true"><sendTask id="send" messageRef="m"/></process>'
        b'<process id="q" isExecutable="true"><userTask id="a"/><receiveTask id="wait" messageRef="m"/><userTask id="z"/>'
        b'<sequenceFlow id="f1" sourceRef="a" targetRef="wait"/><sequenceFlow id="f2" sourceRef="wait" targetRef="z"/>'
        b"</process></definitions>"
    )
    assert list(run_file(xml, answers=[{"complete": "a"}]))[-1]["waiting"] == ["z"]


def test_wcp25_cancel_region(play):
    text = "start s\nuser out\nsub q\n  start qs\n  user a\n  user b\n  qs -> a\n  qs -> b\nboundary m on q : message M\nuser z\ns -> q\ns -> out\nm -> z"
    assert play(text).message("M").open == ["out", "z"]


def test_wcp26_cancel_multiple_instance_activity(play):
    p = (
        play("start s\nuser a : each 3\nboundary m on a : message M\nuser z\ns -> a\nm -> z")
        .done("a")
        .message("M")
    )
    assert p.open == ["z"]


def test_wcp27_complete_multiple_instance_activity(play):
    p = play("start s\nuser a : each 3 until done\nuser z\ns -> a -> z", done=False).done("a", done=True)
    assert p.open == ["z"]


THREE = "start s\nand f\nuser a\nuser b\nuser c\n{}\nuser z\ns -> f\nf -> a -> j\nf -> b -> j\nf -> c -> j\nj -> z"


def test_wcp28_blocking_discriminator(play):
    text = (
        JOINED.format(DISCRIMINATOR.format(1))
        .replace("user z", "xor w\nuser z")
        .replace("s -> f", "s -> w -> f")
    )
    p = play(text + "\nz -> w").done("a", "z")
    # the second round begins; what comes first from it is kept until the late branch of the first is in
    assert p.open == ["a", "b", "b"]
    p.done("a")
    assert p.open == ["b", "b"]
    p.done("b")
    assert p.open == ["b", "z"]


CANCELLING = "start s\nsub q\n  start qs\n  and f\n  user a\n  user b\n  user c\n  {}\n  end t : terminate\n  qs -> f\n  f -> a -> j\n  f -> b -> j\n  f -> c -> j\n  j -> t\nuser z\ns -> q -> z"


def test_wcp29_cancelling_discriminator(play):
    assert play(CANCELLING.format("xor j")).done("a").open == ["z"]


def test_wcp30_structured_partial_join(play):
    p = play(THREE.format(DISCRIMINATOR.format(2))).done("a", "b")
    assert p.open == ["c", "z"]
    assert p.done("c").open == ["z"]


def test_wcp31_blocking_partial_join(play):
    text = (
        THREE.format(DISCRIMINATOR.format(2))
        .replace("user z", "xor w\nuser z")
        .replace("s -> f", "s -> w -> f")
    )
    p = play(text + "\nz -> w").done("a", "b", "z")
    p.done("a", "b")
    assert p.open == ["c", "c"]
    assert p.done("c").open == ["c", "z"]


def test_wcp32_cancelling_partial_join(play):
    inner = DISCRIMINATOR.format(2).replace("\n", "\n  ")
    assert play(CANCELLING.format(inner)).done("a", "b").open == ["z"]


def test_wcp33_generalised_and_join(play):
    text = "start s\nuser a completionQuantity=2\nuser b\nand j\nuser z\ns -> a -> j\ns -> b -> j\nj -> z"
    p = play(text).done("a").done("b")
    assert p.open == ["z"]  # the second token of the one branch is kept for the next of the other


def test_wcp34_static_partial_join_for_multiple_instances(play):
    text = "start s\nsub q\n  start qs\n  service n completionQuantity=3\n  user a\n  user after startQuantity=2\n  qs -> n -> a -> after\nuser z\ns -> q -> z"
    p = play(text).done("a")
    assert p.open == ["a", "a"]
    assert p.done("a").open == ["a", "after"]


def test_wcp35_cancelling_partial_join_for_multiple_instances(play):
    p = play("start s\nuser a : each 3 until numberOfCompletedInstances = 2\nuser z\ns -> a -> z").done(
        "a", "a"
    )
    assert p.open == ["z"]


def test_wcp36_dynamic_partial_join_for_multiple_instances(play):
    p = play("start s\nuser a : each n until numberOfCompletedInstances >= k\nuser z\ns -> a -> z", n=4, k=3)
    assert p.done("a").done("a", k=2).open == ["z"]


def test_wcp37_local_synchronizing_merge(play):
    text = "start s\nor g\nuser a\nuser b\nuser c\nor i\nor j\nuser z\ns -> g\ng -> a if x < 2\ng -> b if x < 3\ng -> c if x < 4\na -> i\nb -> i\ni -> j\nc -> j\nj -> z"
    assert play(text, x=1).done("a", "b", "c").open == ["z"]
    assert play(text, x=2).done("c").open == ["b"]


def test_wcp38_general_synchronizing_merge(play):
    text = "start s\nand f\nuser a\nuser b\nxor m\nxor again\nor j\nuser z\ns -> f\nf -> a -> j\nf -> m -> b -> again\nagain -> m if x = 1\nagain -> j default\nj -> z"
    p = play(text, x=1).done("a", "b")
    assert p.open == ["b"]
    assert p.done("b", x=2).open == ["z"]


def test_wcp40_interleaved_routing(play):
    p = play(ROUTING, n=1).do(Choose("b")).do(Choose("a"))
    assert p.open == ["b", "h"]
    assert p.done("b").open == ["c", "h"]


def test_wcp41_thread_merge(play):
    text = "start s\nservice n completionQuantity=3\nuser a startQuantity=3\ns -> n -> a"
    assert play(text).open == ["a"]


def test_wcp42_thread_split(play):
    assert play("start s\nservice n completionQuantity=3\nuser a\ns -> n -> a").open == ["a", "a", "a"]


def test_wcp43_explicit_termination(play):
    p = play("start s\nuser a\nuser b\nend e : terminate\ns -> a -> e\ns -> b").done("a")
    assert (p.status, p.open) == ("terminated", [])
