"""What is not FEEL is refused with its position; what is too much is stopped."""

from __future__ import annotations

import tracemalloc

import pytest

from engine.errors import Invalid
from engine.feel import FeelError, FeelTooLarge, compile_feel, evaluate


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("1 +", 4),
        ("storeys > ", 11),
        ("(1 + 2", 7),
        ("[1, 2", 6),
        ('"unclosed', 1),
        ("if a then b", 12),
        ("a == 1", 4),
        ("a && b", 3),
        ("1 2", 3),
        ("{a: 1, a: 2}", 8),
        ('@"not a day"', 1),
        ('function(x) external {java: {class: "java.lang.Runtime"}}', 13),
        ("x instance of monkey", 15),
    ],
)
def test_a_text_that_is_not_feel_is_refused_at_its_position(text, position):
    with pytest.raises(FeelError) as caught:
        compile_feel(text)

    assert caught.value.position == position
    assert isinstance(caught.value, Invalid)


def test_a_refusal_says_in_both_languages_what_was_expected_and_found():
    with pytest.raises(FeelError) as caught:
        compile_feel("storeys >")

    assert caught.value.say("vi") == (
        "Biểu thức chưa đúng ở vị trí 10: cần một giá trị, tên hoặc phép tính, nhưng gặp hết biểu thức."
    )
    assert caught.value.say("en") == (
        "The expression is wrong at position 10: "
        "expected a value, a name or an expression, but found the end."
    )


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "().__class__.__bases__[0].__subclasses__()",
        "[].__class__.__mro__",
        'f"{x}"',
        "lambda: 1",
        "(x := 1)",
        "x if y else z",
        "[i for i in x]",
        "x % 2",
        "1 << 9999",
        "x; y",
        "import os",
        "{{config}}",
        "${7*7}",
        "open('/etc/passwd').read()",
        "eval('1')",
        "x[0:1]",
        "@decorator",
        "x ? 1 : 2",
        "\x00",
        "a\\b",
    ],
)
def test_other_languages_are_not_read_or_reach_nothing(text):
    try:
        value = evaluate(text, {"x": 1, "y": 2})
    except FeelError:
        return
    assert value in (None, [])


BOMBS = [
    pytest.param("1" + " + 1" * 1_000, id="longer than 2,000 characters"),
    pytest.param("(" * 500 + "1" + ")" * 500, id="500 parentheses"),
    pytest.param("-" * 100_000 + "1", id="100,000 minus signs"),
    pytest.param("-" * 1_500 + "1", id="1,500 minus signs"),
    pytest.param("[" * 900, id="900 brackets"),
    pytest.param("if " * 600, id="600 ifs"),
    pytest.param("a" + ".a" * 900, id="a path of 900 steps"),
    pytest.param("x" + " in (x" * 250, id="nested in"),
    pytest.param("for i in 1..1000000000 return i", id="a billion rounds"),
    pytest.param("some i in 1..1000000000 satisfies i < 0", id="a billion tests"),
    pytest.param("every i in 1..1000, j in 1..1000 satisfies true", id="a million pairs"),
    pytest.param("for i in 1..100 return for j in 1..1000 return partial", id="lists of lists so far"),
    pytest.param("{f: function(x) f(x)}.f(1)", id="endless recursion"),
    pytest.param("{f: function(x) f(x + 1) + f(x + 2), y: f(1)}.y", id="branching recursion"),
    pytest.param(
        "{a: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], b: [a, a, a, a, a, a, a, a, a, a], "
        "c: [b, b, b, b, b, b, b, b, b, b], d: [c, c, c, c, c, c, c, c, c, c], "
        "e: [d, d, d, d, d, d, d, d, d, d]}.e",
        id="a billion laughs",
    ),
    pytest.param('{s: "' + "x" * 900 + '", t: s + s + s + s, u: t + t + t + t}.u', id="doubled text"),
    pytest.param('replace("' + "a" * 500 + '", "a", "' + "b" * 900 + '")', id="text blown up by replace"),
    pytest.param('string join(for i in 1..900 return "' + "a" * 900 + '", "")', id="text blown up by join"),
    pytest.param(
        "sort(for i in 1..1000 return modulo(i * 7919, 1009), function(a, b) a < b)", id="a long sort"
    ),
    pytest.param("distinct values(for i in 1..900 return [i])", id="all with all"),
]


@pytest.mark.parametrize("text", BOMBS)
def test_a_bomb_is_stopped_in_little_memory(text):
    tracemalloc.start()
    try:
        with pytest.raises(FeelError):
            evaluate(text, {"a": 1, "x": 2})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9 ** 9 ** 9",
        "1e6000 * 1e6000",
        "exp(1e10)",
        '@"P999999999D" + @"P999999999D"',
        'duration("P999999999Y") * 1e300',
        'date("2026-01-01") + duration("P999999999Y")',
        "date(1e300, 1, 1)",
        'number("1e99999")',
        "[1, 2][1e300]",
        "decimal(1, 1e300)",
    ],
)
def test_what_is_beyond_all_numbers_is_null(text):
    assert evaluate(text, {}) is None


def test_a_pattern_that_would_backtrack_for_ever_is_answered():
    assert evaluate('matches(text, "^(a+)+$")', {"text": "a" * 30 + "b"}) is False


def test_what_matching_costs_is_bounded_over_the_whole_expression():
    with pytest.raises(FeelTooLarge):
        evaluate('for t in texts return matches(t, "(a|aa)*b")', {"texts": ["a" * 9_000] * 200})


def test_large_data_may_be_read_though_large_values_may_not_be_made():
    data = {"papers": [{"pages": at} for at in range(900)]}

    assert evaluate("count(papers)", data) == 900
    assert evaluate("papers[900].pages", data) == 899
    with pytest.raises(FeelTooLarge):
        evaluate("for p in papers, q in papers return 1", data)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ('__import__("os").system("id")', {"__import__"}),
        ("bean.check(x) > 3 and count(x) > 1", {"bean.check"}),
        ("{f: function(x) x}.f(1)", set()),
        ("not(approved) and date(x).year > 2025", set()),
    ],
)
def test_a_call_of_what_is_no_function_is_known_beforehand(text, called):
    assert compile_feel(text).called == called
