"""Every element and attribute of BPMN 2.0.2 is in the table, and the linter does what the table says."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from drawings import GOOD, file, process, straight
from lxml import etree

from engine.bpmn.lint import lint
from engine.bpmn.lint.elements import TABLE, attribute_reason
from engine.bpmn.lint.groups import TARGETS
from engine.bpmn.lint.reference import PAGE, page
from engine.bpmn.lint.table import EXECUTED, FATES, REFUSED, attribute, index, row

XS = "{http://www.w3.org/2001/XMLSchema}"
# Without namespace, of any expression: a formal expression may stand wherever an expression may.
FORMAL = {"language", "evaluatesToTypeRef"}


class Schema:
    """The standard's own schema, read for which element may stand where and what it may carry."""

    def __init__(self):
        package = Path(find_spec("SpiffWorkflow").origin).parent
        folder = package / "bpmn" / "parser" / "schema"
        self.root = etree.parse(folder / "Semantic.xsd").getroot()
        self.globals = {one.get("name"): one for one in self.root.findall(f"{XS}element")}
        self.types = {one.get("name"): one for one in self.root.findall(f"{XS}complexType")}
        self.attributes, self.parents, self.required = {}, {}, set()
        for name in self._concrete("rootElement"):
            self._visit(name, self._type(self.globals[name]), "")
        for name in ("extension", "relationship"):
            self._visit(name, self._type(self.globals[name]), "")

    def _concrete(self, name):
        found = []
        if self.types[self._type(self.globals[name])].get("abstract") != "true":
            found.append(name)
        for other, element in self.globals.items():
            if (element.get("substitutionGroup") or "").split(":")[-1] == name:
                found += self._concrete(other)
        return found

    def _type(self, element):
        return element.get("type").split(":")[-1]

    def _visit(self, name, kind, parent):
        is_new = parent not in self.parents.setdefault(name, set())
        self.parents[name].add(parent)
        if kind not in self.types or not is_new:
            return
        while kind:
            base = self.types[kind].find(f".//{XS}extension")
            body = self.types[kind] if base is None else base
            for one in body.findall(f"{XS}attribute"):
                self.attributes.setdefault(name, set()).add(one.get("name"))
                if one.get("use") == "required":
                    self.required.add((name, one.get("name")))
            for one in body.iter(f"{XS}element"):
                if one.get("ref"):
                    for child in self._concrete(one.get("ref").split(":")[-1]):
                        self._visit(child, self._type(self.globals[child]), name)
                else:
                    self._visit(one.get("name"), self._type(one), name)
            kind = None if base is None else base.get("base").split(":")[-1]


@pytest.fixture(scope="module")
def schema():
    return Schema()


def test_the_table_has_every_element_of_the_schema_and_no_other(schema):
    assert set(TABLE) - {"definitions", "import"} == set(schema.parents)


def test_every_element_may_stand_where_the_schema_says(schema):
    said = {name: set(one.inside) for name, one in TABLE.items() if "*" not in one.inside}

    assert {name: said[name] for name in schema.parents if name in said} == {
        name: parents for name, parents in schema.parents.items() if name in said
    }


def test_every_attribute_of_the_schema_is_in_the_table_and_no_other(schema):
    for name in schema.parents:
        known = set(TABLE[name].attributes)
        assert known - FORMAL == schema.attributes.get(name, set()) - FORMAL, name
        assert {one for one in known if TABLE[name].attributes[one].required} == {
            attr for element, attr in schema.required if element == name
        }, name


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_says_what_happens_and_why_in_both_languages(name):
    one = TABLE[name]

    assert one.fate in FATES
    assert one.word.vi
    assert one.word.en
    assert one.reason.vi
    assert one.reason.en
    for attr in (*one.attributes.values(), *([one.text] if one.text else [])):
        assert attr.target in ("", "any", *TARGETS), attr
        if attr.fate != EXECUTED:
            assert attribute_reason(attr.name).en


def _refused():
    """Every refused element with a file in which it stands where it may."""
    for name, one in TABLE.items():
        if one.fate != REFUSED:
            continue
        chain = [name]
        while "" not in TABLE[chain[-1]].inside and chain[-1] != "process":
            inside = TABLE[chain[-1]].inside
            chain.append("process" if "process" in inside else min(inside))
        yield pytest.param(name, chain, id=name)


@pytest.mark.parametrize(("name", "chain"), list(_refused()))
def test_a_refused_element_is_an_error_wherever_it_may_stand(name, chain):
    inner = ""
    for at, kind in enumerate(chain):
        inner = f'<bpmn:{kind} id="x{at}">{inner}</bpmn:{kind}>'

    refusals = [one for one in lint(file(inner)) if one.rule == "not-supported"]

    outermost = next(kind for kind in reversed(chain) if TABLE[kind].fate == REFUSED)
    assert TABLE[outermost].reason.vi in refusals[0].message.vi
    assert TABLE[outermost].reason.en in refusals[0].message.en
    assert refusals[0].is_error


def _refused_attributes():
    for name, one in TABLE.items():
        for attr in one.attributes.values():
            values = [value for value, fate in attr.choices.items() if fate == REFUSED]
            for value in values or (["x"] if attr.fate == REFUSED else []):
                yield pytest.param(name, attr.name, value, id=f"{name}.{attr.name}={value}")


@pytest.mark.parametrize(("element", "name", "value"), list(_refused_attributes()))
def test_a_refused_attribute_is_an_error(element, name, value):
    marked = f'<bpmn:{element} id="x" {name}="{value}"/>'
    xml = file(marked) if "" in TABLE[element].inside else process(marked)

    assert any(one.rule == "not-supported" and f"{name} = “{value}”" in one.message.vi for one in lint(xml))


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        pytest.param('<bpmn:robotTask id="x"/>', "unknown-element", id="an element that BPMN does not have"),
        pytest.param('<bpmn:lane id="x"/>', "misplaced-element", id="a lane outside a lane set"),
        pytest.param('<bpmn:task id="x" colour="red"/>', "unknown-attribute", id="an unknown attribute"),
        pytest.param('<bpmn:task id="x" bpmn:name="N"/>', "unknown-attribute", id="a prefixed attribute"),
        pytest.param('<bpmn:boundaryEvent id="x"/>', "missing-attribute", id="a required attribute"),
        pytest.param('<bpmn:task id="x" isForCompensation="yes"/>', "bad-value", id="a bad yes or no"),
        pytest.param('<bpmn:task id="x" startQuantity="two"/>', "bad-value", id="a bad number"),
        pytest.param('<bpmn:task id="1 x"/>', "bad-value", id="a bad id"),
        pytest.param(
            '<bpmn:adHocSubProcess id="x" ordering="Chaotic"/>', "bad-value", id="a choice that is none"
        ),
        pytest.param("<other:task/>", "foreign-element", id="a foreign element in the flow"),
    ],
)
def test_what_the_table_does_not_have_is_an_error(inner, rule):
    found = [one for one in lint(process(inner)) if one.rule == rule]

    assert found
    assert found[0].is_error
    assert found[0].line


def test_carried_elements_and_foreign_notes_are_silent():
    carried = (
        '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="d"/>'
        '<bpmn:textAnnotation id="n"><bpmn:text>Ghi chú</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="a" sourceRef="n" targetRef="receive"/>'
        '<bpmn:group id="gr"/>'
    )
    extension = (
        "<bpmn:extensionElements><camunda:properties><camunda:property name='x' value='1'/>"
        "</camunda:properties><other:note>anything</other:note></bpmn:extensionElements>"
    )
    xml = GOOD.replace(b"</bpmn:process>", carried.encode() + b"</bpmn:process>").replace(
        b'isExecutable="true">', b'isExecutable="true" camunda:historyTimeToLive="3">' + extension.encode()
    )

    assert lint(xml) == []


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ('camunda:class="org.example.Pay"', ""),
        ('camunda:delegateExpression="${pay}"', ""),
        ('camunda:assignee="kermit"', ""),
        ('other:class="org.example.Pay"', ""),
        ("", "<camunda:executionListener class='X' event='start'/>"),
        ("", "<camunda:inputOutput/>"),
        ("", "<zeebe:taskDefinition type='pay'/>"),
        ("", "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"),
        ("", "<other:wrap><other:script>boom</other:script></other:wrap>"),
    ],
)
def test_what_another_engine_would_execute_is_an_error_not_a_note(attributes, inner):
    held = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
    xml = straight(("a", f'<bpmn:serviceTask id="a" name="Trả tiền" {attributes}>{held}</bpmn:serviceTask>'))

    errors = [one for one in lint(xml) if one.is_error]

    assert [one.rule for one in errors] == ["foreign-execution"]
    assert "Trả tiền" in errors[0].message.vi
    assert errors[0].element == "a"


def test_a_second_row_for_an_element_is_refused():
    one = row("task", "a|b", EXECUTED, "c|d", "@containers")

    with pytest.raises(ValueError, match="two rows for task"):
        index([one, one])


def test_an_attribute_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="not an attribute"):
        attribute("name:colour")


def test_the_reference_shows_the_table_as_it_is():
    written = Path(PAGE).read_text(encoding="utf-8")

    assert page(written) == written, "run: python -m engine.bpmn.lint.reference"
    with pytest.raises(ValueError, match="no marks"):
        page("a page without a place")
