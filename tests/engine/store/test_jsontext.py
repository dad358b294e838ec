"""JSON in the database: the same values come back, whoever wrote them."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.jsontext import read_json, write_json, write_sorted

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_again_here_and_by_anybody(value):
    assert read_json(write_json(value)) == value
    assert json.loads(write_json(value)) == value
    assert json.loads(write_sorted(value)) == value


def test_numbers_of_any_length_keep_all_their_digits():
    number = 9_007_199_254_740_993 * 10**20

    assert write_json({"so": number}) == f'{{"so":{number}}}'
    assert read_json(write_json({"so": number})) == {"so": number}


def test_the_order_of_names_makes_no_difference_where_values_are_compared():
    assert write_sorted({"b": 1, "a": {"d": 2, "c": 3}}) == write_sorted({"a": {"c": 3, "d": 2}, "b": 1})


@pytest.mark.parametrize("value", [Decimal("1.5"), datetime(2026, 11, 28), {1, 2}, b"x"])
def test_what_is_not_plain_is_refused_and_never_written_as_something_else(value):
    with pytest.raises(TypeError):
        write_json({"value": value})
