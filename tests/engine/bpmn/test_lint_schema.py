"""The linter refuses what the standard's own schema refuses, and nothing else in its name."""

from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from engine.bpmn.extensions import BPMN
from engine.bpmn.lint import lint
from engine.bpmn.lint.contents import EXPRESSIONS, OPEN, contents
from engine.bpmn.lint.elements import TABLE

# One sound file with nearly every element of the standard: what a rule may not refuse.
EVERYTHING = (Path(__file__).parent / "everything.bpmn").read_bytes()
SCHEMA_RULES = frozenset(
    {
        "unknown-element", "misplaced-element", "unknown-attribute", "missing-attribute", "bad-value", "part-order",
        "part-missing", "part-twice", "stray-text", "bad-type", "not-formal", "extension-namespace",
        "foreign-element", "same-id", "drawing-part", "drawing-attribute", "drawing-value", "prefix-unknown",
        "id-with-prefix",
    }
)  # fmt: skip
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
NAMES = sorted(TABLE)
ATTRIBUTES = sorted({name for row in TABLE.values() for name in row.attributes})


@pytest.fixture(scope="module")
def schema():
    folder = Path(find_spec("SpiffWorkflow").origin).parent / "bpmn" / "parser" / "schema"
    return etree.XMLSchema(etree.parse(folder / "BPMN20.xsd"))


def mutated(seed):
    """Return the sound file with one thing changed, and what was done."""
    random = Random(seed)
    root = etree.fromstring(EVERYTHING)
    elements = list(root.iter(f"{{{BPMN}}}*", f"{DI}*"))[1:]
    one = random.choice(elements)
    parent = one.getparent()
    what = random.choice(
        ["drop", "twice", "first", "last", "text", "attribute", "lose", "value", "new", "id"]
    )
    if what == "drop":
        parent.remove(one)
    elif what == "twice":
        copy = etree.fromstring(etree.tostring(one))
        for number, inner in enumerate(copy.iter()):
            if inner.get("id"):
                inner.set("id", f"copy{number}")
        one.addnext(copy)
    elif what == "first":
        parent.insert(0, one)
    elif what == "last":
        parent.append(one)
    elif what == "text":
        one.text = (one.text or "") + "chữ"
    elif what == "attribute":
        one.set(random.choice(ATTRIBUTES), "true")
    elif what == "lose":
        for name in list(one.attrib)[:1]:
            del one.attrib[name]
    elif what == "value":
        for name in random.sample(list(one.attrib), min(1, len(one.attrib))):
            one.set(name, random.choice(["yes", "1 2", "", "true", "3", "q:x"]))
    elif what == "new":
        etree.SubElement(one, f"{{{BPMN}}}{random.choice(NAMES)}")
    else:
        one.set("id", random.choice(["p", "a", "9a", "x y"]))
    return what, one.tag.rpartition("}")[2], etree.tostring(root)


@pytest.mark.parametrize("block", range(8))
def test_a_changed_file_is_refused_by_both_or_by_none(schema, block):
    for seed in range(block * 60, block * 60 + 60):
        what, where, xml = mutated(seed)
        sound = schema.validate(etree.fromstring(xml))
        said = [one for one in lint(xml) if one.is_error and one.rule in SCHEMA_RULES]

        assert bool(said) != sound, (seed, what, where, said[:2], schema.error_log.last_error)


def test_nothing_in_a_sound_file_is_refused_but_what_is_not_executed():
    assert {one.rule for one in lint(EVERYTHING) if one.is_error} == {"not-supported"}


def test_every_part_of_the_contents_is_an_element_of_the_table():
    for kind in TABLE:
        for part in contents(kind):
            assert part.kinds - {"BPMNDiagram"} <= set(TABLE), (kind, part)
    assert set(TABLE) >= OPEN | EXPRESSIONS
