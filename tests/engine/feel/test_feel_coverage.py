"""Gaps and overlaps of rules, found by cutting the inputs where the rules change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import compile_tests
from engine.feel.coverage import cover_conditions, cover_table
from engine.feel.segments import Domain

NUMBER = Domain(kind="number")
STRING = Domain(kind="string")


def gaps(found) -> list[dict[str, str]]:
    return [{name: piece.say().say("en") for name, piece in place.items()} for place in found.gaps]


def test_conditions_that_meet_exactly_have_neither_gap_nor_overlap():
    found = cover_conditions(["floor > 250", "floor <= 250"], {"floor": NUMBER})

    assert (found.gaps, found.overlaps, found.undecided, found.is_complete) == ([], [], [], True)


def test_a_hole_of_one_value_is_found():
    found = cover_conditions(["floor > 250", "floor < 250"], {"floor": NUMBER})

    assert gaps(found) == [{"floor": "250"}]


def test_an_overlap_names_both_rules_and_where():
    found = cover_conditions(["floor >= 7", "floor between 1 and 7", "floor < 1"], {"floor": NUMBER})

    assert [(one.first, one.second) for one in found.overlaps] == [(0, 1)]
    assert found.overlaps[0].place["floor"].say().vi == "7"


def test_choices_and_several_inputs_are_judged_together():
    kinds = Domain(kind="string", values=("person", "company"))
    inputs = {"investor.kind": kinds, "paid": Domain(kind="boolean")}
    found = cover_conditions(['investor.kind = "person"', 'investor.kind = "company" and paid'], inputs)

    assert gaps(found) == [{"investor.kind": "“company”", "paid": "false"}]


def test_whole_numbers_have_nothing_between_neighbours():
    storeys = Domain(kind="number", whole=True, least=1, most=9)

    assert cover_conditions(["storeys <= 3", "storeys >= 4"], {"storeys": storeys}).gaps == []
    found = cover_conditions(["storeys <= 3.5", "storeys > 4"], {"storeys": storeys})
    assert gaps(found) == [{"storeys": "4"}]


def test_days_are_cut_like_whole_numbers():
    found = cover_conditions(
        ['day < date("2026-07-01")', 'day > @"2026-07-01" and day < @"2026-07-03"', 'day >= @"2026-07-03"'],
        {"day": Domain(kind="date")},
    )

    assert gaps(found) == [{"day": "2026-07-01"}]


@pytest.mark.parametrize(
    "text", ["floor > limit", "floor * 2 > 5", "count(x) > 1", "floor > floor", "f(floor)"]
)
def test_a_rule_that_does_more_than_compare_is_undecided_and_no_gap_is_claimed(text):
    found = cover_conditions([text, "floor > 9"], {"floor": NUMBER})

    assert (found.undecided, found.gaps) == ([0], [])


def test_a_table_of_two_columns():
    rules = [["< 10", '"a"'], ["[10..20)", "-"], ["not(< 20)", '"a", "b"']]
    found = cover_table(rules, {"amount": NUMBER, "kind": STRING})

    assert gaps(found) == [
        {"amount": "less than 10", "kind": "“b”"},
        {"amount": "less than 10", "kind": "any other value"},
        {"amount": "20", "kind": "any other value"},
        {"amount": "more than 20", "kind": "any other value"},
    ]
    assert found.overlaps == []


def test_too_many_combinations_are_said_to_be_unfinished():
    names = [f"n{at}" for at in range(9)]
    rules = [[f"> {row}" for _ in names] for row in range(9)]

    assert not cover_table(rules, dict.fromkeys(names, NUMBER)).is_complete


bounds = st.integers(-5, 5)
cells = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), bounds),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), bounds, bounds, st.sampled_from("])")),
    st.builds("not({})".format, bounds),
    st.just("-"),
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=4))
def test_what_is_found_agrees_with_trying_every_value(rules):
    found = cover_table(rules, {"a": NUMBER, "b": NUMBER})

    tried = [x / 2 for x in range(-13, 14)]
    holes = overlaps = False
    for a in tried:
        for b in tried:
            holding = sum(
                compile_tests(x)({"?": a}) is True and compile_tests(y)({"?": b}) is True for x, y in rules
            )
            holes |= holding == 0
            overlaps |= holding > 1
    assert (bool(found.gaps), bool(found.overlaps)) == (holes, overlaps)
