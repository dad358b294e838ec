"""Decision tables: hit policies, aggregators, defaults, allowed values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from decisions import decision, dmn, given, table

from engine.execution.dmn import Answer, load_decisions


def decide(body: str, **data) -> Answer:
    inputs = [given("x", "number"), given("kind", "string")]
    xml = dmn(*inputs, decision("D", body, inputs=["x", "kind"]))
    return load_decisions(xml).decide("D", {"kind": None, "x": None, **data})


STEPS = [["< 10", '"low"'], ["[10..20]", '"middle"'], ["> 20", '"high"']]


@pytest.mark.parametrize(("x", "expected"), [(3, "low"), (10, "middle"), (20, "middle"), (20.5, "high")])
def test_one_rule_holds(x, expected):
    assert decide(table(["x"], ["level"], STEPS), x=x).result == expected


def test_several_columns_of_results_make_a_context():
    found = decide(table(["x"], ["fee", "days"], [["-", "x * 2", "5"]]), x=4)

    assert found.result == {"fee": 8, "days": 5}


def test_nothing_holds_gives_null_or_the_default():
    assert decide(table(["x"], ["level"], STEPS), x=None) == Answer(None, [])
    assert decide(table(["x"], ["level"], STEPS, defaults=['"none"']), x=None).result == "none"
    both = table(["x"], ["a", "b"], [["1", "1", "1"]], defaults=["0", "x"])
    assert decide(both, x=7).result == {"a": 0, "b": 7}


OVERLAPPING = [["> 5", '"b"'], ["> 10", '"a"'], ["> 5", '"b"'], ["< 0", '"c"']]


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("FIRST", 11, "b"),
        ("PRIORITY", 11, "a"),
        ("RULE ORDER", 11, ["b", "a", "b"]),
        ("OUTPUT ORDER", 11, ["a", "b", "b"]),
        ("COLLECT", 11, ["b", "a", "b"]),
        ("ANY", 7, "b"),
        ("ANY", -1, "c"),
        ("COLLECT", 3, None),
    ],
)
def test_hit_policies(policy, x, expected):
    body = table(["x"], ["out"], OVERLAPPING, policy=policy, values=['"a", "b", "c"'])

    assert decide(body, x=x).result == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 35), ("MIN", 5), ("MAX", 20), ("COUNT", 3)])
def test_collect_puts_numbers_together(aggregation, expected):
    rules = [["> 0", "5"], ["> 1", "10"], ["> 2", "20"], ["> 9", "40"]]
    body = table(["x"], ["points"], rules, policy="COLLECT", aggregation=aggregation)

    assert decide(body, x=3).result == Decimal(expected)


def test_a_row_that_is_cut_short_gives_null_where_it_has_no_cell():
    body = table(["x"], ["a", "b"], [["-", "1"]], policy="COLLECT", aggregation="MAX")

    assert decide(body, x=1).result == {"a": 1, "b": None}


def test_priority_looks_at_the_columns_from_left_to_right():
    rules = [["-", '"mid"', '"p2"'], ["-", '"high"', '"p3"'], ["-", '"high"', '"p1"']]
    body = table(["x"], ["risk", "place"], rules, policy="PRIORITY",
                 values=['"high", "mid"', '"p1", "p2", "p3"'])  # fmt: skip

    assert decide(body, x=1).result == {"risk": "high", "place": "p1"}


@pytest.mark.parametrize(("policy", "rows"), [("UNIQUE", "1, 2, 3"), ("ANY", "1, 2")])
def test_rules_that_contradict_each_other_are_named(policy, rows):
    found = decide(table(["x"], ["out"], OVERLAPPING, policy=policy), x=11)

    assert found.result is None
    assert f"the rows {rows} of the table hold at once" in found.notes[0].en
    assert f"các dòng {rows} của bảng" in found.notes[0].vi


def test_a_value_that_a_column_does_not_allow_gives_null_and_says_so():
    found = decide(table(["kind"], ["out"], [["-", "1"]], allowed='"a", "b"'), kind="c")

    assert found.result is None
    assert "“kind” is not among the allowed values" in found.notes[0].en


def test_a_result_that_a_column_does_not_allow_is_null_and_names_its_row():
    found = decide(table(["x"], ["out"], [["-", '"z"']], values=['"a", "b"']))

    assert found.result is None
    assert "row 1" in found.notes[0].en


@pytest.mark.parametrize(
    ("cell", "x", "holds"),
    [
        ("", 1, True),
        ("-", None, True),
        ("1, 3", 3, True),
        ("not(1, 3)", 3, False),
        ("? > 2 and ? < 4", 3, True),
        ("even(?)", 3, False),
        ("[1..3)", 3, False),
        ("null", None, True),
        ('if kind = "big" then 3 else 9', 3, True),
        ('kind = "big"', 3, True),
        ('kind != "big"', 3, False),
        ("= 3", 3, True),
        ("!= 3", 3, False),
        ("[2, 3]", 3, True),
    ],
)
def test_cells(cell, x, holds):
    found = decide(table(["x"], ["out"], [[cell, "true"]]), x=x, kind="big")

    assert found.result is (True if holds else None)


def test_a_cell_that_is_not_feel_holds_never_and_says_where_it_is_wrong():
    found = decide(table(["x"], ["out"], [["> >", "1"], ["-", "2"]], policy="FIRST"), x=1)

    assert found.result == 2
    assert "position 3" in found.notes[0].en
