"""Decision files checked without being evaluated: holes, contradictions, what cannot be read."""

from __future__ import annotations

import pytest
from decisions import decision, dmn, given, item, knowledge, table
from hypothesis import given as given_strategy
from hypothesis import settings
from hypothesis import strategies as st

from engine.execution.dmn import load_decisions
from engine.execution.dmn.lint import lint_decisions


def found(body: str, *more: str, kind: str = "number") -> list[tuple[str, str, str]]:
    xml = dmn(*more, given("x", kind), given("y", "boolean"), decision("D", body, inputs=["x", "y"]))
    return [(one.rule, one.severity, one.message.en) for one in lint_decisions(xml)]


def test_a_sound_table_has_no_findings():
    assert found(table(["x"], ["out"], [["< 10", "1"], ["[10..20]", "2"], ["> 20", "x * 2"]])) == []
    assert (
        found(table(["x", "y"], ["out"], [["< 5", "true", "1"], ["< 5", "false", "2"], [">= 5", "-", "3"]]))
        == []
    )


def test_holes_are_told_with_their_values():
    assert found(table(["x"], ["out"], [["< 10", "1"], ["> 10", "2"]])) == [
        ("gap", "warning", "“D”: no row holds for x: 10.")
    ]
    assert found(table(["y"], ["out"], [["true", "1"]])) == [
        ("gap", "warning", "“D”: no row holds for y: false.")
    ]


@pytest.mark.parametrize("more", [{"defaults": ["0"]}, {"policy": "COLLECT"}])
def test_a_table_may_find_nothing_where_that_is_meant(more):
    assert found(table(["x"], ["out"], [["< 10", "1"]], **more)) == []


def test_rows_that_contradict_each_other_are_named():
    rules = [["< 10", "1"], [">= 10", "2"], ["[5..15]", "2"]]

    assert found(table(["x"], ["out"], rules)) == [
        ("overlap", "error", "“D”: the rows 1, 3 both hold for x: 5 (hit policy UNIQUE)."),
        ("overlap", "error", "“D”: the rows 2, 3 both hold for x: 10 (hit policy UNIQUE)."),
    ]
    assert [one[2] for one in found(table(["x"], ["out"], rules, policy="ANY"))] == [
        "“D”: the rows 1, 3 both hold for x: 5 (hit policy ANY)."
    ]
    assert found(table(["x"], ["out"], rules, policy="FIRST")) == []


def test_allowed_values_bound_what_can_be_asked():
    status = item("tStatus", "string", allowed='"a", "b"')

    assert found(table(["x"], ["out"], [['"a"', "1"], ['"b"', "2"]]), status, kind="tStatus") == []
    assert [one[2] for one in found(table(["x"], ["out"], [['"a"', "1"]]), status, kind="tStatus")] == [
        "“D”: no row holds for x: “b”."
    ]
    assert found(table(["x"], ["out"], [['"a"', "1"]], allowed='"a"'), kind="string") == []


def test_a_row_that_does_more_than_compare_is_passed_over():
    assert found(table(["x"], ["out"], [["even(?)", "1"], ["< 5", "2"]])) == []


def test_what_cannot_be_read_is_told_with_row_and_position():
    rules = [["< <", "1"], ["-", "1 +"]]
    told = found(table(["x"], ["out"], rules, policy="FIRST"))

    assert [one[:2] for one in told] == [("feel", "error"), ("feel", "error")]
    assert told[0][2].startswith("“D”: row 1: The expression is wrong at position 3")
    assert found("x +")[0][0] == "feel"


def test_rows_references_and_policies_are_checked():
    short = table(["x"], ["out"], [["1"]])
    assert found(short) == [("row-length", "error", "“D”: row 1 has too few or too many cells.")]
    assert found(table(["x"], ["out"], [["-", "1"]], policy="BEST"))[0][0] == "hit-policy"

    lost = dmn(decision("D", "1", needs=["E"]), knowledge("f", ["n"], "n"))
    assert [one.rule for one in lint_decisions(lost)] == ["reference"]


def test_a_file_that_is_none_is_one_finding():
    assert [one.rule for one in lint_decisions(b"<x/>")] == ["dmn"]
    assert lint_decisions(b"<x")[0].message.vi.startswith("Không đọc được tệp XML")


bounds = st.integers(-4, 4)
cells = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), bounds),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), bounds, bounds, st.sampled_from("])")),
)


@settings(max_examples=40)
@given_strategy(st.lists(cells, min_size=1, max_size=4), st.integers(-10, 10))
def test_a_table_without_findings_has_one_row_for_every_value(rows, halves):
    rules = [[cell, str(number)] for number, cell in enumerate(rows, 1)]
    xml = dmn(given("x", "number"), decision("D", table(["x"], ["out"], rules), inputs=["x"]))
    told = {one.rule for one in lint_decisions(xml)}

    answer = load_decisions(xml).decide("D", {"x": halves / 2})

    if not told:
        assert answer.result is not None
    if answer.notes:
        assert "overlap" in told
    elif answer.result is None:
        assert "gap" in told
