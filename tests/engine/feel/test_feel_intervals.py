"""Conditions cut into atoms over cells: whatever is said of the cells is said of every value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_feel
from engine.feel.intervals import All, Atom, Not, Some, atoms, number_cells, open_cells, read_condition

NUMBERS = st.integers(-4, 4)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
TEXTS = st.sampled_from(['"a"', '"b"', "null"])
ATOMS = st.one_of(
    st.builds("x {} {}".format, SIGNS, NUMBERS),
    st.builds("{} {} x".format, NUMBERS, SIGNS),
    st.builds("x between {} and {}".format, NUMBERS, NUMBERS),
    st.builds("x in [{}..{})".format, NUMBERS, NUMBERS),
    st.builds("t {} {}".format, st.sampled_from(["=", "!="]), TEXTS),
    st.builds("t in ({}, {})".format, TEXTS, TEXTS),
    st.sampled_from(["b", "b = true", "b = false", "x > y", "y >= x", "x + 1 > 2"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("{} and {}".format, ATOMS, ATOMS),
        st.builds("{} or {}".format, ATOMS, ATOMS),
    ),
    max_leaves=6,
)
DATA = st.fixed_dictionaries(
    {
        "x": st.sampled_from([None, *map(Decimal, ("-5", "-4", "-0.5", "0", "1", "2.5", "4", "9"))]),
        "y": st.sampled_from([Decimal(0), Decimal(3)]),
        "t": st.sampled_from(["a", "b", "c", None]),
        "b": st.booleans(),
    }
)


def worth(condition, data):
    match condition:
        case Atom():
            return condition.holds_with(data)
        case Not(part):
            found = worth(part, data)
            return None if found is None else not found
        case All(parts) | Some(parts):
            loses = isinstance(condition, Some)
            found = [worth(one, data) for one in parts]
            if loses in found:
                return loses
            return None if None in found else not loses


@given(CONDITIONS, DATA)
def test_the_tree_of_atoms_is_worth_what_the_condition_is(text, data):
    found = compile_feel(text)(data)

    assert worth(read_condition(text), data) == (found if isinstance(found, bool) else None)


@given(CONDITIONS, DATA)
def test_an_atom_says_of_a_cell_what_it_says_of_every_value_in_it(text, data):
    """Two values between the same cuts cannot be told apart by any atom of the line."""
    for atom in atoms(read_condition(text)):
        if atom.line != "x" or data["x"] is None:
            continue
        cells = number_cells(atom.cuts)
        points = sorted(Decimal(cut) for cut in atom.cuts)
        place = [(data["x"] > point) - (data["x"] < point) for point in points]
        [same] = [one for one in cells if [(one > point) - (one < point) for point in points] == place]
        assert atom.holds(same) == atom.holds_with(data)


@pytest.mark.parametrize(
    ("cuts", "bounds", "whole", "cells"),
    [
        ([7], (1, 20), True, [1, 2, 7, 8, 20]),
        ([7, 8], (None, None), True, [6, 7, 8, 9]),
        (["7.5"], (None, None), True, [7, 8]),
        ([7, 8], (None, None), False, [6, 7, "7.5", 8, 9]),
        ([60], (1, 50), True, [1, 2, 50]),
        ([], (None, None), False, [0]),
    ],
)
def test_number_cells(cuts, bounds, whole, cells):
    low, high = (None if one is None else Decimal(one) for one in bounds)
    given_cuts = [Decimal(one) for one in cuts]

    assert number_cells(given_cuts, low, high, whole=whole) == [Decimal(one) for one in cells]


def test_what_is_compared_with_nothing_known_has_cells_for_each_kind():
    assert open_cells(["a", None, True]) == [None, True, False, "a", "…"]


def test_two_comparisons_of_the_same_terms_are_one_line():
    first, second, third = (atoms(read_condition(text))[0] for text in ("a < b", "b >= a", "a + 1 > 2"))

    assert first.line == second.line == "a − b"
    assert (third.line, third.is_plain) == ("a + 1", False)
