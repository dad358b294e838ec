"""Whatever a file says, the linter answers with findings and the painter with a picture."""

from drawings import GOOD
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.extensions import BPMN
from engine.bpmn.lint import lint
from engine.bpmn.lint.elements import TABLE
from engine.bpmn.parse import parse_bpmn
from engine.bpmn.svg import draw

NAMES = sorted(TABLE)
IDS = ["s", "e", "g", "a", "p", "g_e", "late", "receive", "", "1", "none"]
ATTRIBUTES = sorted({name for row in TABLE.values() for name in row.attributes})
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["rename", "drop", "set", "copy", "add", "text"]),
        st.integers(0, 200),
        st.sampled_from(NAMES),
        st.sampled_from(ATTRIBUTES),
        st.sampled_from(IDS),
    ),
    min_size=1,
    max_size=8,
)


def changed(changes):
    root = etree.fromstring(GOOD)
    for what, at, name, attribute, value in changes:
        elements = list(root.iter(f"{{{BPMN}}}*"))[1:]
        if not elements:
            break
        one = elements[at % len(elements)]
        if what == "rename":
            one.tag = f"{{{BPMN}}}{name}"
        elif what == "drop":
            one.getparent().remove(one)
        elif what == "set":
            one.set(attribute, value)
        elif what == "copy":
            one.getparent().append(etree.fromstring(etree.tostring(one)))
        elif what == "add":
            etree.SubElement(one, f"{{{BPMN}}}{name}").set("id", value or "new")
        else:
            one.text = value
    return etree.tostring(root)


@settings(max_examples=250, derandomize=True)
@given(CHANGES)
def test_no_change_of_a_diagram_makes_the_linter_or_the_painter_fail(changes):
    xml = changed(changes)

    findings = lint(xml)

    assert findings == lint(xml)
    assert draw(xml).startswith("<svg")
    if not any(one.is_error for one in findings):
        parse_bpmn(xml)


@settings(max_examples=150, derandomize=True)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_linter_fail(noise):
    assert lint(noise)
