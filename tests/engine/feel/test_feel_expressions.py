"""FEEL as procedure authors use it: a table of expressions and what they give over one dossier's data."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from engine.feel import compile_feel, compile_tests, evaluate, to_json

DOSSIER = {
    "total_floor": 412.5,
    "storeys": 4,
    "unit_code": "sxd",
    "investor": {"name": "Nguyễn Văn Đức", "home": {"commune": "Đất Mũi"}},
    "is_complete": True,
    "papers": [{"kind": "drawing", "pages": 12}, {"kind": "deed", "pages": 3}],
    "diện tích": 90,
    "Tổng thu nhập năm": 5,
    "today": date(2026, 11, 24),
    "now": datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
}


def result(text: str) -> object:
    return json.loads(to_json(evaluate(text, DOSSIER)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('total_floor > 250 and unit_code = "sxd"', True),
        ("total_floor between 400 and 500", True),
        ("storeys in [1..4]", True),
        ("storeys in [1..4)", False),
        ("storeys in (1..4]", True),
        ("storeys in ]1..4[", False),
        ("storeys in (> 3)", True),
        ("storeys in < 3", False),
        ('unit_code in ("sxd", "stc")', True),
        ('unit_code in ["sxd", "stc"]', True),
        ("storeys in (1, [3..5], > 100)", True),
        ("storeys != 4 or storeys >= 4", True),
        ('if storeys >= 3 then "cao" else "thấp"', "cao"),
        ('if null then "a" else "b"', "b"),
        ("not(is_complete)", False),
        ("not(storeys)", None),
        ("true or null", True),
        ("false or null", None),
        ("false and null", False),
        ("true and null", None),
        ("false and storeys", False),
        ("1 < 2 and 2 < 3 or false", True),
    ],
)
def test_conditions(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("investor.name", "Nguyễn Văn Đức"),
        ("investor.home.commune", "Đất Mũi"),
        ("investor.nothing.here", None),
        ("diện tích * 2", 180),
        ("Tổng thu nhập năm + 1", 6),
        ("{a: 1, b: a + 1}.b", 2),
        ('{"đơn giá": 75000, thành tiền: đơn giá * 2}.thành tiền', 150000),
        ("{a-b: 5, c: a-b + 1}.c", 6),
        ("papers.pages", [12, 3]),
        ("papers[1].kind", "drawing"),
        ("papers[-1].kind", "deed"),
        ("papers[3]", None),
        ("papers[0]", None),
        ('papers[kind = "deed"].pages', [3]),
        ("papers[pages > storeys].kind", ["drawing"]),
        ("[1, 2, 3, 4][item > 2]", [3, 4]),
        ("[3][1]", 3),
        ("storeys[1]", 4),
        ("nothing[item > 1]", None),
    ],
)
def test_names_paths_and_filters(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('some p in papers satisfies p.kind = "deed"', True),
        ("every p in papers satisfies p.pages > 5", False),
        ("every p in [] satisfies false", True),
        ("some x in [1, null] satisfies x > 3", None),
        ("for p in papers return p.pages * 2", [24, 6]),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
        ("for x in [[1, 2], [3]], y in x return y", [1, 2, 3]),
        ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ('for d in @"2026-11-23"..@"2026-11-25" return d.day', [23, 24, 25]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ('(function(a, b: number) a + b)(1, "x")', None),
        ("{square: function(n) n * n, y: square(7)}.y", 49),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), y: f(6)}.y", 720),
        ('{f: function(name, word) word + " " + name, y: f(word: "Chào", name: "An")}.y', "Chào An"),
    ],
)  # fmt: skip
def test_loops_and_functions(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3 * 3", 1),
        ("2 + 3 * 4 - 1", 13),
        ("10 - 4 - 3", 3),
        ("2 ** 10", 1024),
        ("-2 ** 2", 4),
        ("-(2 ** 2)", -4),
        ("1 / 0", None),
        ("9 ** 9 ** 9 ** 9 ** 9", None),
        (".5 + 1.50", 2),
        ("1.5e3", 1500),
        ('"một" + " " + "cửa"', "một cửa"),
        ('"a" + 1', None),
        ("floor(-3.2)", -4),
        ("ceiling(3.2)", 4),
        ("round half up(2.5, 0)", 3),
        ("round half up(-2.5, 0)", -3),
        ("round half down(2.5, 0)", 2),
        ("round up(1.121, 2)", 1.13),
        ("round down(1.129, 2)", 1.12),
        ("decimal(2.5, 0)", 2),
        ("decimal(1 / 3, 2)", 0.33),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("abs(-7)", 7),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("odd(3) and even(-2)", True),
        ('number("1.234,5", ".", ",")', 1234.5),
        ('number("chín")', None),
        ("string(1.50)", "1.5"),
        ("string(1e20)", "100000000000000000000"),
    ],
)
def test_numbers(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('contains("hồ sơ xây dựng", "xây")', True),
        ('starts with("GPXD-12", "GPXD")', True),
        ('ends with("GPXD-12", "13")', False),
        ('upper case("đất")', "ĐẤT"),
        ('lower case("ĐẤT")', "đất"),
        ("string length(investor.name)", 14),
        ('substring("một cửa", 5)', "cửa"),
        ('substring("một cửa", -3, 2)', "cử"),
        ('substring(string: "một cửa", start position: 1, length: 3)', "một"),
        ('substring before("12/2026", "/")', "12"),
        ('substring after("12/2026", "/")', "2026"),
        ('matches("0912345678", "^0\\d{9}$")', True),
        ('matches("GPXD", "gpxd", "i")', True),
        ('matches("a", "(unclosed")', None),
        ('replace("24/11/2026", "(\\d+)/(\\d+)/(\\d+)", "$3-$2-$1")', "2026-11-24"),
        ('split("a; b;c", ";\\s*")', ["a", "b", "c"]),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('string([1, "a", null])', '[1, "a", null]'),
        ('"dòng\\nhai" + "\\u0111"', "dòng\nhaiđ"),
    ],
)
def test_text(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(papers)", 2),
        ("sum(papers.pages)", 15),
        ("sum(1, 2, 3)", 6),
        ("sum([])", None),
        ("min([3, 1, 2])", 1),
        ("max(3, 1, 2)", 3),
        ('max(["a", 1])', None),
        ("mean([1, 2, 3, 4])", 2.5),
        ("median([8, 2, 5, 3, 4])", 4),
        ("list contains([1, null], null)", True),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 1.0, 2, [1], [1]])", [1, 2, [1]]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("reverse([1, 2])", [2, 1]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("all([true, null])", None),
        ("any([true, null])", True),
        ('get value({a: {b: 7}}, ["a", "b"])', 7),
        ('get entries({a: 1})', [{"key": "a", "value": 1}]),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("is defined(storeys)", True),
        ("is defined(missing)", False),
    ],
)  # fmt: skip
def test_lists_and_contexts(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-11-24") = today', True),
        ("today() + duration(\"P30D\")", "2026-12-24"),
        ("now()", "2026-11-24T09:30:00+07:00"),
        ("today.year * 100 + today.month", 202611),
        ('date("2026-02-30")', None),
        ('date("2026-01-31") + @"P1M"', "2026-02-28"),
        ('@"2026-11-24" - @"2026-11-22"', "P2D"),
        ('duration("P1D") + duration("PT12H")', "P1DT12H"),
        ('duration("P1Y2M") * 2', "P2Y4M"),
        ('duration("P1D") > duration("PT23H")', True),
        ('duration("P30D") > duration("P1M")', None),
        ('duration("P1W")', None),
        ('date and time("2026-11-24T09:00:00+07:00") < now', True),
        ('date and time("2026-11-24T09:30:00+07:00") = date and time("2026-11-24T02:30:00Z")', True),
        ('date and time(today, time("10:00:00"))', "2026-11-24T10:00:00"),
        ('time("23:30:00") + @"PT1H"', "00:30:00"),
        ('time(10, 30, 0).minute', 30),
        ("day of week(today)", "Tuesday"),
        ("week of year(today)", 48),
        ("day of year(@\"2026-02-01\")", 32),
        ('years and months duration(@"2024-03-15", today)', "P2Y8M"),
        ("today in [@\"2026-11-01\"..@\"2026-11-30\"]", True),
        ('before(@"2026-11-01", today)', True),
        ("includes([1..10], 5)", True),
        ("overlaps([1..5], [5..8])", True),
        ("today instance of date", True),
        ("now instance of date and time", True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
    ],
)  # fmt: skip
def test_days_times_and_ranges(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", 1, True),
        ('"III", "IV"', "IV", True),
        ('not("III", "IV")', "IV", False),
        ("< 10, >= 100", 50, False),
        ("[1..7], 12", 12, True),
        ("? > storeys and ? < 10", 5, True),
        ('starts with(?, "GP")', "GPXD", True),
        ("null", None, True),
        ("> 5", None, None),
    ],
)
def test_cells_of_decision_tables(text, value, expected):
    assert compile_tests(text)({**DOSSIER, "?": value}) is expected


def test_comments_and_line_breaks_mean_nothing():
    assert result("/* tầng */ storeys\n  + 1 // và một") == 5


def test_an_expression_tells_the_names_it_needs():
    expression = compile_feel(
        "count(papers[pages > most]) > 0 and diện tích > 1"
        " and (for x in xs return x + y) != null and unknown(1) = {a: 1}.a"
    )

    assert expression.names == {"papers", "diện tích", "xs", "y", "unknown"}
    assert expression.item_names == {"pages", "most"}


def test_what_an_expression_sees_is_only_what_it_is_given():
    class Row:
        secret = "x"

    given = {"row": Row(), "text": "abc"}

    assert evaluate("row.secret", given) is None
    assert evaluate("text.__class__", given) is None
    assert evaluate("__builtins__", given) is None
    assert evaluate("now()", {}) is None


def test_results_are_exact_in_json():
    assert to_json(evaluate("1 / 3", {})) == "0.3333333333333333333333333333333333"
    assert to_json(evaluate('[@"P1D", null, {a: "“đ”"}]', {})) == '["P1D", null, {"a": "“đ”"}]'
