"""Properties of FEEL that hold for any value."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import FeelError, compile_feel, evaluate, temporal, to_json
from engine.feel.values import Months, both, compare, either, equal

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
scalars = st.one_of(
    st.none(), st.booleans(), numbers, st.text(max_size=20), st.dates(), st.times(), st.timedeltas(),
    st.datetimes(), st.integers(-10_000, 10_000).map(Months),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(numbers)
def test_a_printed_number_is_read_as_the_same_number(number):
    printed = to_json(number)

    assert evaluate(printed, {}) == number
    assert evaluate(f'number("{printed}")', {}) == number
    assert evaluate("string(x)", {"x": number}) == printed


@given(st.text(max_size=60))
def test_a_string_written_as_json_is_read_as_the_same_string(text):
    try:
        written = json.dumps(text)
        text.encode()
    except UnicodeEncodeError:
        return
    assert evaluate(written.replace("\\b", "\\u0008").replace("\\f", "\\u000c"), {}) == text


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (st.dates(), temporal.read_date),
        (st.datetimes(), temporal.read_moment),
        (st.times(), temporal.read_time),
        (st.timedeltas(), temporal.read_duration),
        (st.integers(-10_000, 10_000).map(Months), temporal.read_duration),
    ],
)
def test_a_printed_day_time_or_duration_is_read_as_the_same(kind, read):
    @given(kind)
    def check(value: date | time | datetime | timedelta | Months) -> None:
        assert read(temporal.show(value)) == value

    check()


@given(numbers, numbers)
def test_arithmetic_is_decimal_arithmetic(left, right):
    given_names = {"a": left, "b": right}

    assert evaluate("a + b", given_names) == left + right
    assert evaluate("a - b", given_names) == left - right
    assert evaluate("a - b = -(b - a)", given_names) is True


@given(values, values)
def test_equality_is_the_same_both_ways_and_order_is_opposite(left, right):
    assert equal(left, right) == equal(right, left)
    order, back = compare(left, right), compare(right, left)
    assert (order is None) == (back is None)
    assert order is None or order == -back


@given(values)
def test_everything_equals_itself_and_null_equals_only_null(value):
    assert equal(value, value) is True
    assert equal(value, None) is (value is None)


@given(st.lists(st.sampled_from([True, False, None]), max_size=6))
def test_and_and_or_mirror_each_other(answers):
    def opposite(one: bool | None) -> bool | None:
        return None if one is None else not one

    assert opposite(both(answers)) == either([opposite(one) for one in answers])


@settings(max_examples=300)
@given(st.text(alphabet='ab1.,()[]{}"+-*/<>=@:? andorifthenelseforinreturn', max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text):
    position = 1
    try:
        compile_feel(text)({"a": 1, "b": [1, 2]})
    except FeelError as refused:
        position = refused.position
    assert 1 <= position <= len(text) + 1


@given(values)
def test_any_value_can_be_printed_as_json(value):
    json.loads(to_json(value), parse_float=Decimal)
