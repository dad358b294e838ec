"""Conditions as people choose them: what was chosen comes back, and each is a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.texts import Text
from engine.feel import FeelError, evaluate
from engine.feel.conditions import (
    Comparison,
    Group,
    Moment,
    Name,
    Written,
    parse_condition,
    to_feel,
    walk,
)
from engine.feel.sentences import Subject, say_condition

# --- the law: chosen → FEEL → chosen ----------------------------------------------------------------

fields = st.sampled_from(["storeys", "work_type", "dossier.rounds", "Diện tích sàn", "số tầng"])
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
moments = st.one_of(
    st.builds(Moment, st.just("@"), st.dates().map(date.isoformat)),
    st.builds(Moment, st.just("date"), st.dates().map(date.isoformat)),
    st.just(Moment("duration", "P30D")),
    st.just(Moment("date and time", "2026-11-24T08:00:00")),
)
values = st.one_of(texts, numbers, st.booleans(), moments, st.builds(Name, st.just("parcel_area")))
comparisons = st.one_of(
    st.builds(
        lambda field, operator, value: Comparison(field, operator, (value,)),
        fields,
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        values,
    ),
    st.builds(
        lambda field, operator, many: Comparison(field, operator, tuple(many)),
        fields,
        st.sampled_from(["in", "not in"]),
        st.lists(values, min_size=1, max_size=3),
    ),
    st.builds(lambda field, low, high: Comparison(field, "between", (low, high)), fields, numbers, numbers),
    st.builds(lambda field, text: Comparison(field, "contains", (text,)), fields, texts),
    st.builds(Comparison, fields, st.sampled_from(["empty", "given"])),
)
written = st.sampled_from(
    ["count(papers) > 3", "if a then b else c", "x + 1 > 2", "some p in papers satisfies p.ok and q"]
)
leaves = st.one_of(comparisons, comparisons, st.builds(Written, written))
conditions = st.recursive(
    leaves,
    lambda part: st.builds(
        Group,
        st.sampled_from(["all", "any"]),
        st.lists(part, min_size=2, max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=8,
)


@given(conditions)
@settings(max_examples=300)
def test_what_was_chosen_comes_back_as_it_was_chosen(condition):
    assert parse_condition(to_feel(condition)) == condition


@given(conditions, st.fixed_dictionaries({"storeys": numbers, "work_type": texts, "parcel_area": numbers}))
@settings(max_examples=200)
def test_taking_feel_apart_does_not_change_what_it_means(condition, data):
    text = to_feel(condition)
    context = {**data, "papers": [], "a": True, "b": False, "c": None, "x": 2}
    assert evaluate(to_feel(parse_condition(text)), context) == evaluate(text, context)


@given(conditions)
@settings(max_examples=100)
def test_every_condition_is_a_sentence_in_both_languages(condition):
    said = say_condition(condition, {})
    assert said.vi
    assert said.en


# --- FEEL that people wrote -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("storeys >= 7", Comparison("storeys", ">=", (Decimal(7),))),
        ("((storeys = -5))", Comparison("storeys", "=", (Decimal(-5),))),
        (
            "a between 1 and 2 and b",
            Group("all", (Comparison("a", "between", (Decimal(1), Decimal(2))), Written("b"))),
        ),
        ("not(a in (1, 2))", Comparison("a", "not in", (Decimal(1), Decimal(2)))),
        ("not(a = 1)", Group("all", (Comparison("a", "=", (Decimal(1),)),), negated=True)),
        ("a = null", Comparison("a", "empty")),
        ("true", Group("all")),
        ("false", Group("any")),
        ('x = "a and (b"', Comparison("x", "=", ("a and (b",))),
        (
            'x = "or" or y = 1',
            Group("any", (Comparison("x", "=", ("or",)), Comparison("y", "=", (Decimal(1),)))),
        ),
        ("a in [1..3]", Written("a in [1..3]")),
        ("a in (1..3)", Written("a in (1..3)")),
        ("a = b = c", Written("a = b = c")),
        ("if a then b else c and d", Written("if a then b else c and d")),
        ('today > deadline + duration("P3D")', Written('today > deadline + duration("P3D")')),
        ("x = 1e99", Written("x = 1e99")),
        ("a /* vì sao */ = 1", Comparison("a", "=", (Decimal(1),))),
    ],
)
def test_feel_is_taken_apart_as_far_as_lists_can_show_it(text, condition):
    assert parse_condition(text) == condition


def test_deep_brackets_stay_written_and_are_not_lost():
    text = "(" * 18 + "a = 1 and (b = 2 or (c = 3 and (d = 4 or e = 5)))" + ")" * 18
    leaves = list(walk(parse_condition(text)))
    assert any(isinstance(one, Written) for one in leaves)
    assert evaluate(to_feel(parse_condition(text)), {"a": 1, "b": 0, "c": 3, "d": 0, "e": 5}) is True


def test_broken_feel_is_refused_with_its_place():
    with pytest.raises(FeelError) as refused:
        parse_condition("storeys >= ")
    assert refused.value.facts["position"] == 12
    with pytest.raises(FeelError):
        to_feel(Comparison("storeys) or (true", "=", (Decimal(1),)))


# --- sentences --------------------------------------------------------------------------------------

SUBJECTS = {
    "storeys": Subject(Text("Số tầng", "Storeys")),
    "total_floor": Subject(Text("Tổng diện tích sàn", "Total floor area"), unit="m²"),
    "work_type": Subject(
        Text("Loại công trình", "Type of work"),
        {
            "detached_house": Text("Nhà ở riêng lẻ", "Detached house"),
            "other": Text("Công trình khác", "Other"),
        },
    ),
    "on_fire_list": Subject(Text("Thuộc danh mục thẩm duyệt PCCC", "On the fire list")),
    "visit": Subject(Text("Ngày kiểm tra", "Day of the visit")),
}


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("storeys >= 7", "số tầng lớn hơn hoặc bằng 7", "storeys is at least 7"),
        (
            "total_floor > 1250.5",
            "tổng diện tích sàn lớn hơn 1.250,5 m²",
            "total floor area is more than 1,250.5 m²",
        ),
        (
            'work_type = "detached_house"',
            "loại công trình là “Nhà ở riêng lẻ”",
            "type of work is “Detached house”",
        ),
        ("on_fire_list = true", "thuộc danh mục thẩm duyệt PCCC: có", "on the fire list: yes"),
        ("on_fire_list", "thuộc danh mục thẩm duyệt PCCC: có", "on the fire list: yes"),
        ("on_fire_list != true", "thuộc danh mục thẩm duyệt PCCC: không", "on the fire list: no"),
        (
            'visit <= @"2026-11-24"',
            "ngày kiểm tra không sau ngày 24/11/2026",
            "day of the visit is not after 24/11/2026",
        ),
        ("visit < today", "ngày kiểm tra nhỏ hơn hôm nay", "day of the visit is less than today"),
        ("storeys between 3 and 7", "số tầng từ 3 đến 7", "storeys is from 3 to 7"),
        (
            'not(work_type in ("other", "x"))',
            "loại công trình không phải là “Công trình khác” hoặc “x”",
            "type of work is not “Other” or “x”",
        ),
        (
            "storeys >= 3 and (total_floor > 250 or dossier.rounds = 0)",
            "số tầng lớn hơn hoặc bằng 3 và (tổng diện tích sàn lớn hơn 250 m² hoặc "
            "số lần đã yêu cầu bổ sung bằng 0)",
            "storeys is at least 3 and (total floor area is more than 250 m² or "
            "the number of requests for papers equals 0)",
        ),
        ("visit = null", "ngày kiểm tra chưa có", "day of the visit is not given"),
        ("count(x) > 2", "biểu thức “count(x) > 2” đúng", "the expression “count(x) > 2” holds"),
        ("true", "luôn luôn", "always"),
    ],
)
def test_a_condition_is_said_as_the_form_says_it(text, vi, en):
    said = say_condition(parse_condition(text), SUBJECTS)
    assert (said.vi, said.en) == (vi, en)
