"""Expressions of other tools: read where they mean one thing, left alone where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.translation import to_feel
from engine.feel import compile_feel, evaluate


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("= x = 1", "x = 1"),
        ("${x == 1}", "x = 1"),
        ("#{order.total >= 10 && !done}", "order.total >= 10 and not(done)"),
        ("x == 'a' || y != \"b\"", 'x = "a" or y != "b"'),
        ("${(a or b) and not c}", "(a or b) and not(c)"),
        ("${x eq 1}", "x = 1"),
        ("${approved}", "approved"),
        ("!approved", "not(approved)"),
        ("getDataObject('total') > 5", "total > 5"),
        ("${a + 2 * b > -1}", "a + 2 * b > -1"),
        ("contains(test, 'a') && true()", 'contains(test, "a") and true'),
    ],
)
def test_what_means_one_thing_is_read(drawn, read):
    assert to_feel(drawn) == read
    compile_feel(read)


@pytest.mark.parametrize(
    "text",
    [
        "${x.get(1)}", "${execution.getVariable('x')}", "${a ? b : c}", "${empty x}", "x === 1", "a['b'] == 1",
        "count(x) == 1", "contains('a') == 1", "contains(x, ) == 1", "contains(x == 1", "${a}${b}", "${", "${}", "x ==", "x == 'it\\'s'", "${" + "(" * 90 + "x" + ")" * 90 + "}",
    ],
)  # fmt: skip
def test_what_is_more_stays_as_it_is(text):
    assert to_feel(text) == text


@given(
    st.sampled_from(
        ["x = 1", 'a = "it\'s == && this"', "if a then b else c", "not(x) and y", "PT1H", "R3/PT8H"]
    )
)
def test_feel_is_never_touched(text):
    assert to_feel(text) == text


_values = st.sampled_from(["x", "y", "1", "2"])
_tests = st.tuples(_values, st.sampled_from(["==", "!=", "<", ">="]), _values).map(" ".join)
_conditions = st.recursive(
    _tests,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    ),
    max_leaves=6,
)


@given(_conditions, st.integers(0, 3), st.integers(0, 3))
def test_a_translated_condition_has_the_truth_of_the_drawn_one(drawn, x, y):
    python = drawn.replace("&&", " and ").replace("||", " or ").replace("!(", " not (")
    expected = eval(python, {"__builtins__": {}}, {"x": x, "y": y})
    assert evaluate(to_feel("${" + drawn + "}"), {"x": x, "y": y}) == expected
