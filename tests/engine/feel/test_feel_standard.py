"""FEEL clause by clause of DMN 1.5, chapter 10: what each expression gives, and where it is null."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from engine.feel import evaluate, to_json


def check(rows: str):
    """Turn lines `expression → JSON` into parameters."""
    pairs = [line.strip().rpartition(" → ") for line in rows.strip().splitlines() if line.strip()]
    return pytest.mark.parametrize(("text", "expected"), [(left, right) for left, _, right in pairs])


def shows(text: str, expected: str) -> None:
    given = {"now": datetime(2026, 11, 24, 2, 30, tzinfo=UTC), "today": date(2026, 11, 24)}
    assert json.loads(to_json(evaluate(text, given))) == json.loads(expected)


@check(r"""
    "a" = 1 → null
    1 = null → false
    null = null → true
    null != null → false
    [1, 2] = [1, 2.0] → true
    [1, 2] = [2, 1] → false
    {a: 1, b: 2} = {b: 2, a: 1} → true
    {a: 1} = {b: 1} → false
    [1..3] = [1..3] → true
    [1..3] = [1..3) → false
    @"P1Y" = @"P12M" → true
    @"P1D" = @"PT24H" → true
    1 < "a" → null
    null < 1 → null
    "a" < "b" → true
    true < false → null
    @"2026-01-01" < @"2026-01-02" → true
    [1] = [null] → false
    5 between 1 and null → null
    0 between 1 and null → false
""")
def test_equality_and_order(text, expected):
    shows(text, expected)


@check(r"""
    true and true → true
    true and "x" → null
    false and "x" → false
    null and false → false
    true or "x" → true
    false or "x" → null
    not(null) → null
    if null then 1 else 2 → 2
    if 1 = 1 then 1 else 2 → 1
    some x in [] satisfies true → false
    every x in [true, null] satisfies x → null
    every x in [false, null] satisfies x → false
    some x in null satisfies true → null
    all([]) → true
    any([]) → false
    all(true, true) → true
    all([true, null]) → null
    any([false, null]) → null
    all(null) → null
    any("x") → null
""")
def test_truth(text, expected):
    shows(text, expected)


@check(r"""
    1 + null → null
    "a" + "b" → "ab"
    "a" - "b" → null
    10 / 0 → null
    2 ** -1 → 0.5
    0 ** 0 → 1
    10 ** 0.5 → 3.162277660168379331998893544432719
    1 / 3 → 0.3333333333333333333333333333333333
    2 / 3 → 0.6666666666666666666666666666666667
    .872 → 0.872
    -.872 → -0.872
    1.2e3 → 1200
    5 - -2 → 7
    @"2026-01-31" + @"P1M" → "2026-02-28"
    @"2024-02-29" - @"P1Y" → "2023-02-28"
    @"2026-01-01" + @"PT25H" → "2026-01-02"
    @"2026-01-01" - @"PT1H" → "2025-12-31"
    @"2026-01-01" - @"2025-12-31" → "P1D"
    @"2026-01-02T00:00:00" - @"2026-01-01" → null
    @"2026-01-01" - @"2026-01-02T00:00:00" → null
    @"10:00:00" < @"09:00:00Z" → false
    @"10:00:00" > @"09:00:00Z" → true
    @"2026-01-01T10:00:00" < @"2026-01-01T11:00:00Z" → true
    @"2026-01-01T10:00:00" > @"2026-01-01T09:00:00Z" → true
    @"2026-01-01T10:00:00" = @"2026-01-01T10:00:00Z" → false
    @"2026-01-01T10:00:00" <= @"2026-01-01T10:00:00Z" → false
    @"10:00:00" = @"10:00:00Z" → false
    count(distinct values([@"10:00:00", @"03:00:00Z", @"04:00:00+01:00"])) → 2
    1 + [2] → 3
    ["a"] + "a" → "aa"
    [1] + [2] → 3
    [1, 2] + 1 → null
    [@"P1D"] * 2 → "P2D"
    [1] < 2 → true
    2 <= [1] → false
    [1, 2] < 3 → null
    @"2026-01-02T00:00:00Z" - @"2026-01-01" → "P1D"
    @"2026-01-01T00:00:00Z" - @"2026-01-01T00:00:00+07:00" → "PT7H"
    @"2026-01-01T00:00:00Z" - @"2026-01-01T00:00:00" → null
    @"2026-01-01T00:00:00" - @"2026-01-01T00:00:00+07:00" → null
    @"2026-01-01T23:00:00+07:00" + @"PT2H" → "2026-01-02T01:00:00+07:00"
    @"23:00:00" + @"PT2H" → "01:00:00"
    @"2021-03-28T01:30:00@Europe/Paris" + @"PT1H" → "2021-03-28T03:30:00@Europe/Paris"
    @"2021-03-28T03:30:00@Europe/Paris" - @"2021-03-28T01:30:00@Europe/Paris" → "PT1H"
    @"1950-01-01T00:00:00@Europe/Paris" + @"PT1H" → "1950-01-01T01:00:00@Europe/Paris"
    @"10:00:00Z" - @"08:30:00Z" → "PT1H30M"
    @"P1D" * 1.5 → "P1DT12H"
    3 * @"P5M" → "P1Y3M"
    @"P1Y" / @"P1M" → 12
    @"P1D" / 2 → "PT12H"
    @"P1D" / @"PT1H" → 24
    @"P1D" / 0 → null
    @"P1Y" + @"P1D" → null
    -@"P1D" → "-P1D"
    @"2026-01-01" + @"2026-01-01" → null
    @"P1D" * @"P1D" → null
""")
def test_arithmetic(text, expected):
    shows(text, expected)


@check(r"""
    date("2026-02-30") → null
    date("2026-2-3") → null
    date("01211-12-31") → null
    date("+2026-01-01") → null
    date("-2017-12-31") → "-2017-12-31"
    date("0000-01-01") → "0000-01-01"
    date("999999999-12-31") → "999999999-12-31"
    date("9999999999-12-31") → null
    date(99999, 1, 1) > date("2026-01-01") → true
    date("9999-12-31") + @"P1D" → "10000-01-01"
    date("0001-01-01") - @"P1Y" → "0000-01-01"
    date("-0001-02-28") + @"P1D" → "-0001-03-01"
    date("0000-02-28") + @"P1D" → "0000-02-29"
    date("12000-01-31") + @"P1M" → "12000-02-29"
    date("99999-01-01") - date("2026-01-01") → "P35783903D"
    day of week(date("10026-11-24")) → "Tuesday"
    sort([date("99999-01-01"), date("2026-01-01"), date("-0001-01-01")])[1].year → -1
    distinct values([date("99999-01-01"), date("99999-01-01")]) → ["99999-01-01"]
    date(2026.5, 1, 1) → null
    date(null) → null
    date(from: "2026-01-02") → "2026-01-02"
    date(date and time("2026-01-02T03:04:05Z")) → "2026-01-02"
    date and time("2026-01-02") → "2026-01-02T00:00:00"
    date and time("2026-01-02T24:00:00") → "2026-01-03T00:00:00"
    date and time("2026-01-02T25:00:00") → null
    date and time("2026-01-02T03:04:05@Europe/Paris") → "2026-01-02T03:04:05@Europe/Paris"
    date and time("2026-01-02T03:04:05@Europe/Atlantis") → null
    date and time("2026-01-02T03:04:05+02:00@Europe/Paris") → null
    date and time("99999-12-31T23:59:59.999999999Z") → "99999-12-31T23:59:59.999999999Z"
    date and time("-0001-12-31T23:00:00Z") + @"PT2H" → "0000-01-01T01:00:00Z"
    date and time(date("2026-01-02"), time("03:04:05")) → "2026-01-02T03:04:05"
    date and time(date("99999-01-02"), time("03:04:05Z")).hour → 3
    date and time(2026, 1, 2, 3, 4, 5) → "2026-01-02T03:04:05"
    time("11:00:00z") → "11:00:00Z"
    time("11:00") → null
    time("25:00:00") → null
    time("23:59:60") → null
    time("11:22:33.123456789") → "11:22:33.123456789"
    time("11:22:33.123456789") = time("11:22:33.123456788") → false
    time("11:22:33+19:00") → null
    time("11:22:33+18:00") → "11:22:33+18:00"
    time("11:22:33+07:30:15") → "11:22:33+07:30:15"
    time(11, 22, 33) → "11:22:33"
    time(11, 22, 33, @"PT7H") → "11:22:33+07:00"
    time(11, 22, 33, null) → "11:22:33"
    time(24, 0, 0) → null
    time(1, 2, 3.123456789, @"-PT9H2M4S") → "01:02:03.123456789-09:02:04"
    time(date("2026-01-02")) → "00:00:00Z"
    time(date and time("2026-01-02T03:04:05Z")) → "03:04:05Z"
    duration("P1Y2M") → "P1Y2M"
    duration("-P14M") → "-P1Y2M"
    duration("P1DT2H3M4.5S") → "P1DT2H3M4.5S"
    duration("PT36H") → "P1DT12H"
    duration("P1Y1D") → null
    duration("P") → null
    duration("PT") → null
    duration("P11999999988M") → "P999999999Y"
    years and months duration(@"2025-08-15", @"2026-10-14") → "P1Y1M"
    years and months duration(@"2026-10-15", @"2025-08-16") → "-P1Y1M"
    years and months duration(from: @"2025-08-15", to: @"2026-10-15T00:00:00") → "P1Y2M"
""")
def test_days_times_and_durations(text, expected):
    shows(text, expected)


@check(r"""
    @"2026-11-24".weekday → 2
    @"-2017-12-31".year → -2017
    @"2026-11-24T10:20:30.5Z".second → 30.5
    @"2026-11-24T10:20:30Z".time offset → "PT0S"
    @"2026-11-24T10:20:30@Asia/Ho_Chi_Minh".timezone → "Asia/Ho_Chi_Minh"
    @"2026-11-24T10:20:30@Asia/Ho_Chi_Minh".time offset → "PT7H"
    @"10:20:30".time offset → null
    @"10:20:30@Etc/UTC".time offset → "PT0S"
    @"P1Y2M".years → 1
    @"-P1Y2M".months → -2
    @"P1DT2H3M4S".hours → 2
    @"P1Y".days → null
    [1..3).end included → false
    [1..3).start → 1
    (> 5).start included → false
    (<= 5).end → 5
    (<= 5).start → null
    "text".length → null
    [{a: 1}, {b: 2}].a → [1, null]
""")
def test_properties(text, expected):
    shows(text, expected)


@check(r"""
    5 instance of number → true
    -5 instance of number → true
    1 + 2 instance of number and not("a" instance of number) → true
    true = 5 instance of number → true
    null instance of number → false
    null instance of Null → true
    [1] instance of list<number> → true
    {a: 1, b: "x"} instance of context<a: number> → true
    {b: "x"} instance of context<a: number> → false
    [1..3] instance of range<number> → true
    (function(a) a) instance of function<number>->number → true
    (function(a: string) a) instance of function<number>->number → false
    (function(a: number) a) instance of function<number>->number → true
    (function(a, b) a) instance of function<number>->number → false
    (function() 1) instance of function<number>->number → false
    (function() 1) instance of function<>->number → true
    (function(a) "x") instance of function<number>->number → false
    (function(a) {b: "b", c: 1}) instance of function<number>->context<b: string> → true
    (function(a: Any) true) instance of function<number>->Any → true
    (function(a: number) true) instance of function<Any>->Any → false
    (function(a: context<a: string>) 1) instance of function<context<a: string, b: string>>->number → true
    (function(a: context<a: string, b: string>) 1) instance of function<context<a: string>>->number → false
    (function(a: list<number>) 1) instance of function<list<string>>->number → false
    (function(a: list<Any>) 1) instance of function<list<string>>->number → true
    null instance of function<>->Any → false
    abs instance of function → true
    @"P1Y" instance of years and months duration → true
    @"P1Y" instance of days and time duration → false
    (function(a: number) a)("x") → null
    (function(a: number) a)([5]) → 5
    (function(a: list<number>) a)(5) → [5]
    (function(a: date and time) a)(date("2026-01-02")) → "2026-01-02T00:00:00Z"
    (function(a, b) a - b)(b: 1, a: 3) → 2
    (function(a, b) a - b)(1) → null
    (function(a) a)(c: 1) → null
    5(1) → null
""")
def test_types_and_functions(text, expected):
    shows(text, expected)


@check(r"""
    [1, 2, 3][-1] → 3
    [1, 2, 3][4] → null
    [1, 2, 3][item >= 2] → [2, 3]
    [{x: 1, y: 2}, {x: 2, y: 3}][x = 2].y → [3]
    [{item: 5}][item > 4] → [{"item": 5}]
    {a: {b: {b: 1}}}...b → [{"b": 1}, 1]
    [{a: 1}, {c: [{a: 2}]}]...a → [1, 2]
    {a: 1}...b → []
    null...b → null
    {a: {b: [1, 2]}}...b[1] → [1, 2]
    0.2 in [0...5] → true
    for a**b in [1, 2] return a**b + 1 → [2, 3]
    some x-y in [1] satisfies x-y = 1 → true
    (function(a+b: number, c) a+b * c)(2, 3) → 6
    {a’b: 1, c: a’b + 1}.c → 2
    null[1] → null
    null[item > 1] → null
    null[true] → null
    count(null[item > 1]) → null
    5[1] → 5
    [1, 2][true] → [1, 2]
    for x in [1, 2], y in [x, x * 10] return y → [1, 10, 2, 20]
    for i in 3..1 return i → [3, 2, 1]
    for i in [1..3] return i → [1, 2, 3]
    for i in (1..3) return i → [2]
    for d in @"2026-11-30"..@"2026-12-01" return d → ["2026-11-30", "2026-12-01"]
    for d in @"9999-12-31"..@"10000-01-01" return d → ["9999-12-31", "10000-01-01"]
    for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2] → [1, 1, 2, 3]
    for x in null return x → null
    1 in [1, 2] → true
    1 in ([1, 2]) → true
    1 in (2, 3) → false
    1 in (> 0) → true
    [1, 2] in [[1, 2], [3]] → true
    5 in [[1..3], [4..6]] → true
    null in [null] → true
    -1 in [-2..0] → true
""")
def test_lists_loops_and_membership(text, expected):
    shows(text, expected)


@check(r"""
    substring("foobar", 3) → "obar"
    substring("foobar", 3, 3) → "oba"
    substring("foobar", -2, 1) → "a"
    substring("foobar", 0) → null
    substring("foobar", 3, null) → "obar"
    substring("foobar", 3, 0) → null
    substring("foobar", 10) → null
    substring("\U01F40Eab", 2) → "ab"
    string length("\U01F40Eab") → 3
    string length("\uD83D\uDC0E") → 1
    upper case("aBc4đ") → "ABC4Đ"
    substring before("foobar", "bar") → "foo"
    substring before("foobar", "xyz") → ""
    substring after("foobar", "ob") → "ar"
    substring after("", "a") → ""
    contains("foobar", "of") → false
    contains(null, "of") → null
    split("John Doe", "\\s") → ["John", "Doe"]
    split("a;b;c;;", ";") → ["a", "b", "c", "", ""]
    string join(["a", null, "b"], "-") → "a-b"
    string join(["a", 1], "-") → null
    string join([], "-") → ""
    string(null) → null
    string(-0.10) → "-0.1"
    string({a: "x", "{": 1}) → "{a: \"x\", \"{\": 1}"
    string([1, "a", @"P1D"]) → "[1, \"a\", P1D]"
    number("1.000.000,01", ".", ",") → 1000000.01
    number("1 000,5", " ", ",") → 1000.5
    number("1,000", ",", null) → 1000
    number("1,000", ",", ",") → null
    number("1", null, null) → 1
    number("1,000") → null
""")
def test_text_and_conversion(text, expected):
    shows(text, expected)


@check(r"""
    matches("foobar", "^fo*bar$") → true
    matches("abba", "(a)(b)\\2\\1") → true
    matches("aeb", "^[a-z-[aeiou]]+$") → false
    matches("bcd", "^[a-z-[aeiou]]+$") → true
    matches("foo\nbar", "foo.bar") → false
    matches("foo\nbar", "foo.bar", "s") → true
    matches("a\nb", "^b$", "m") → true
    matches("HELLO", "hello", "i") → true
    matches("helloworld", "hello world", "x") → true
    matches("hello world", "hello\\ sworld", "x") → true
    matches("aa", "(a) \\ 1", "x") → true
    matches("a b", "(a) [ ] b", "x") → true
    matches("a b", "a[ ]b", "x") → true
    matches("a.c", "a.c", "q") → true
    matches("abc", "a.c", "q") → false
    matches("đất", "^\\w+$") → true
    matches("x1", "^\\i\\c*$") → true
    matches("A", "\\p{Lu}") → true
    matches("x", "[") → null
    matches("x", "(?=x)") → null
    matches("x", "\\bx") → null
    matches("x", "x", "z") → null
    matches("h", "(.)\\2") → null
    matches("x", null) → null
    replace("abracadabra", "bra", "*") → "a*cada*"
    replace("abracadabra", "a(.)", "a$1$1") → "abbraccaddabbra"
    replace("abracadabra", ".*?", "x") → null
    replace("AAAA", "A+?", "b") → "bbbb"
    replace("darted", "^(.*?)d(.*)$", "$1c$2") → "carted"
    replace("foobar", "(o)(o)", "$2$10") → "foo0bar"
    replace("abc", "b", "$") → null
    replace("a/b", "/", "$", "q") → "a$b"
    replace("abab", "(a)(b)\\1", "<$2>") → "<b>b"
""")
def test_patterns(text, expected):
    shows(text, expected)


@check(r"""
    count([]) → 0
    count(null) → null
    min([]) → null
    max([@"2026-01-01", @"2026-01-02"]) → "2026-01-02"
    min(["a", 1]) → null
    sum([@"P1D", @"PT12H"]) → "P1DT12H"
    sum(null) → null
    mean([1, null]) → null
    mean(list: [1, 2]) → 1.5
    product([2, 3, 4]) → 24
    median([6, 1, 2, 3]) → 2.5
    median([]) → null
    stddev([2, 4, 7, 5]) → 2.081665999466132735282297706979931
    stddev([1]) → null
    mode([6, 1, 9, 6, 1]) → [1, 6]
    mode([]) → []
    mode(["a"]) → null
    sublist([1, 2, 3], 2, 2) → [2, 3]
    sublist([1, 2, 3], -2) → [2, 3]
    sublist([1, 2, 3], 4) → null
    sublist([1, 2, 3], 1, 0) → null
    number(from: "1,000", grouping separator: ",") → 1000
    list contains(list: [null]) → true
    (function(x, y) if y = null then x else y)(x: 1) → 1
    (function(x, y) x)(1) → null
    (function(x, y) x)(x: 1, z: 2) → null
    substring(string: "abc") → null
    append([1], 2, 3) → [1, 2, 3]
    append(list: [1], item: 2) → [1, 2]
    append([1], [2]) → [1, [2]]
    append(null, 1) → null
    concatenate([1], [2, 3], [2]) → [1, 2, 3, 2]
    concatenate([1], null) → null
    concatenate([[1], [2]]) → [[1], [2]]
    append([1], null) → [1, null]
    insert before([1, 3], 1, 2) → [2, 1, 3]
    insert before([1, 3], 0, 2) → null
    remove([1, 2, 3], 2) → [1, 3]
    remove([1, 2, 3], 4) → null
    reverse([1, 2, 3]) → [3, 2, 1]
    index of([1, 2, 1, null], null) → [4]
    union([1, 2], [2, null]) → [1, 2, null]
    distinct values([1, 2, 1.0, null, null]) → [1, 2, null]
    flatten([[1, 2], [[3]], 4]) → [1, 2, 3, 4]
    sort([3, 1, 2], function(a, b) a < b) → [1, 2, 3]
    list contains([1, null], null) → true
    list replace([2, 4, 7, 8], 3, 6) → [2, 4, 6, 8]
    list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) → [5, 5, 7, 8]
    list replace([1], 2, 5) → null
    get value({a: 1}, "b") → null
    get entries({a: null}) → [{"key": "a", "value": null}]
    context([{key: "a", value: 1}]) → {"a": 1}
    context([{key: "a", value: 1}, {key: "a", value: 2}]) → null
    context([{key: "a"}]) → null
    context put({x: 1, y: {a: 0}}, ["y", "a"], 2) → {"x": 1, "y": {"a": 2}}
    context put({x: 1}, ["y", "a"], 2) → null
    context put(null, "a", 2) → null
    context merge([{a: 1}, {a: 2, b: 3}]) → {"a": 2, "b": 3}
    context merge([{a: 1}, 2]) → null
""")
def test_functions_of_lists_and_contexts(text, expected):
    shows(text, expected)


@check(r"""
    decimal(2.5, 0) → 2
    decimal(1 / 3, 2) → 0.33
    floor(1.56, 1) → 1.5
    ceiling(-1.56, 1) → -1.5
    round up(-5.5, 0) → -6
    round down(-5.5, 0) → -5
    round half up(-5.5, 0) → -6
    round half down(5.5, 0) → 5
    round up(5.5, 7000) → null
    abs(@"-P1D") → "P1D"
    modulo(-10.1, 4.5) → 3.4
    modulo(10, 0) → null
    sqrt(-1) → null
    log(0) → null
    odd(5.5) → false
    even(-2) → true
    abs("x") → null
    abs(n: -1) → 1
    abs(number: -1) → null
    abs(1, 2) → null
""")
def test_functions_of_numbers(text, expected):
    shows(text, expected)


@check(r"""
    before(1, 10) → true
    before([1..10), 10) → true
    before([1..10), [10..20]) → true
    after(10, [1..10)) → true
    before(point: 1, range: [2..3]) → true
    before(range: [2..3], point: 1) → false
    after(point: 1, range: [2..3]) → false
    after(range: [2..3], point: 1) → true
    meets([1..5], [5..10]) → true
    meets([1..5), [5..10]) → false
    met by([5..10], [1..5]) → true
    overlaps([1..5], [5..8]) → true
    overlaps([1..5), [5..8]) → false
    overlaps before([1..5], [3..8]) → true
    overlaps after([3..8], [1..5]) → true
    finishes(10, [1..10]) → true
    finished by([1..10], [5..10]) → true
    includes([1..10], 5) → true
    during([4..6], [1..10]) → true
    starts([1..5), [1..10]) → true
    started by([1..10], 1) → true
    coincides([1..5], [1..5]) → true
    before(1, "a") → null
    range("[18..21)") = [18..21) → true
    range("(..3]").end → 3
    range("[@\"2026-01-01\"..date(\"2026-02-01\")]").start → "2026-01-01"
    range("[2..1]") → null
    range("[1..f(2)]") → null
    is(@"23:00:50z", @"23:00:50") → false
    is(@"23:00:50z", @"23:00:50+00:00") → true
    is(1, 1.0) → true
    is([1], 1) → false
    day of year(@"2026-02-01") → 32
    week of year(@"2024-12-30") → 1
    month of year(@"2026-11-24T00:00:00") → "November"
    now() → "2026-11-24T09:30:00+07:00"
    today() → "2026-11-24"
    now(1) → null
""")
def test_functions_of_ranges_and_the_calendar(text, expected):
    shows(text, expected)
