"""Planted faults around data, services and correlation, and parts that stand twice or not at all."""

import pytest
from drawings import MESSAGE, end, flow, person, process, start, straight
from planted import check_found

from engine.bpmn.lint import lint

OBJECTS = '<bpmn:dataObject id="d1"/><bpmn:dataObject id="d2"/>'
IN = '<bpmn:dataInput id="di"/>'
IN_SET = '<bpmn:inputSet id="is"><bpmn:dataInputRefs>di</bpmn:dataInputRefs>{}</bpmn:inputSet>'
OUT_SET = '<bpmn:outputSet id="os">{}</bpmn:outputSet>'


def task(inner, roots=""):
    return process(start() + person("a", inner=inner) + end() + flow("s", "a") + flow("a", "e") + OBJECTS,
                   roots=roots)  # fmt: skip


def io(inner):
    return task(f'<bpmn:ioSpecification id="io">{inner}</bpmn:ioSpecification>')


def association(inner):
    return task(
        f'<bpmn:ioSpecification id="io">{IN}{IN_SET.format("")}{OUT_SET.format("")}</bpmn:ioSpecification>'
        f'<bpmn:dataInputAssociation id="as">{inner}</bpmn:dataInputAssociation>'
    )


def source(ident):
    return f"<bpmn:sourceRef>{ident}</bpmn:sourceRef>"


TARGET = "<bpmn:targetRef>di</bpmn:targetRef>"
OTHER = '<bpmn:message id="M2" name="khác"/>'
SERVICE = (
    '<bpmn:interface id="i" name="i"><bpmn:operation id="o" name="o"><bpmn:inMessageRef>M2</bpmn:inMessageRef>'
    "</bpmn:operation></bpmn:interface>"
)
TWO_WAYS = flow("s", "a", "x").replace(
    "</bpmn:sequenceFlow>",
    "<bpmn:conditionExpression>y</bpmn:conditionExpression></bpmn:sequenceFlow>",
)
FAULTS = [
    ("no input set", io(OUT_SET.format("")), "part-missing", "io"),
    ("no output set", io(IN + IN_SET.format("")), "part-missing", "io"),
    ("an association without target", association(source("d1")), "part-missing", "as"),
    ("several sources and no transformation", association(source("d1") + source("d2") + TARGET),
     "data-sources", "as"),
    ("two targets", association(source("d1") + TARGET * 2), "part-twice", "as"),
    ("a set of an input of another task",
     task('<bpmn:ioSpecification id="io"><bpmn:inputSet id="is"><bpmn:dataInputRefs>d9</bpmn:dataInputRefs>'
          f"</bpmn:inputSet>{OUT_SET.format('')}</bpmn:ioSpecification>").replace(
          b"</bpmn:process>", b'<bpmn:ioSpecification id="io9"><bpmn:dataInput id="d9"/><bpmn:inputSet id="i9">'
          b'<bpmn:dataInputRefs>d9</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet id="o9"/>'
          b"</bpmn:ioSpecification></bpmn:process>"),
     "data-foreign", "is"),
    ("an input set that names an output set one-sidedly",
     io(IN + IN_SET.format("<bpmn:outputSetRefs>os</bpmn:outputSetRefs>") + OUT_SET.format("")),
     "data-one-sided", "is"),
    ("an output set that names an input set one-sidedly",
     io(IN + IN_SET.format("") + OUT_SET.format("<bpmn:inputSetRefs>is</bpmn:inputSetRefs>")),
     "data-one-sided", "os"),
    ("a correlation property without a way to its value", task("", '<bpmn:correlationProperty id="cp"/>'),
     "part-missing", "cp"),
    ("an interface without operation", task("", '<bpmn:interface id="i" name="i"/>'), "part-missing", "i"),
    ("an operation without message",
     task("", '<bpmn:interface id="i" name="i"><bpmn:operation id="o" name="o"/></bpmn:interface>'),
     "part-missing", "o"),
    ("a task whose message is not that of its operation",
     straight(("t", '<bpmn:sendTask id="t" messageRef="M" operationRef="o"/>'), roots=MESSAGE + OTHER + SERVICE),
     "operation-message", "t"),
    ("two specifications of inputs",
     task(f'<bpmn:ioSpecification id="io">{IN}{IN_SET.format("")}{OUT_SET.format("")}</bpmn:ioSpecification>'
          '<bpmn:ioSpecification id="j"><bpmn:inputSet id="x"/><bpmn:outputSet id="y"/></bpmn:ioSpecification>'),
     "part-twice", "a"),
    ("two cardinalities",
     task('<bpmn:multiInstanceLoopCharacteristics id="mi"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
          "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"),
     "part-twice", "mi"),
    ("two conditions of a flow",
     process(start() + person("a") + end() + TWO_WAYS + flow("a", "e")), "part-twice", "s_a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "rule", "element"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_a_planted_fault_is_found_where_it_is(xml, rule, element):
    check_found(xml, rule, element)


@pytest.mark.parametrize(
    "xml",
    [
        association(source("d1") + TARGET),
        io(IN + IN_SET.format("<bpmn:outputSetRefs>os</bpmn:outputSetRefs>")
           + OUT_SET.format("<bpmn:inputSetRefs>is</bpmn:inputSetRefs>")),
        straight(("t", '<bpmn:sendTask id="t" messageRef="M2" operationRef="o"/>'), roots=OTHER + SERVICE),
    ],
)  # fmt: skip
def test_sound_data_is_left_alone(xml):
    assert [one for one in lint(xml) if one.severity == "error"] == []
