"""External functions of decision files: a fixed table of java.lang, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import FeelError, compile_feel
from engine.feel.expressions import compile_part
from engine.feel.external import find_external


@pytest.mark.parametrize(
    ("owner", "signature", "given", "expected"),
    [
        ("Math", "cos(double)", ["0"], "1"),
        ("Math", "max(int, int)", ["2", "7"], "7"),
        ("Math", "round(double)", ["2.5"], "3"),
        ("Math", "abs(double)", ["-2.5"], "2.5"),
        ("Float", "valueOf(float)", ["1.46"], "1.46"),
        ("Byte", "valueOf(byte)", ["200"], "-56"),
        ("Integer", "valueOf(int)", ["5"], "5"),
        ("Integer", "parseInt(java.lang.String)", ["x"], None),
        ("Math", "sqrt(double)", ["-1"], None),
        ("Math", "cos(double)", [], None),
    ],
)
def test_numbers_are_as_java_has_them(owner, signature, given, expected):
    function = find_external(f"java.lang.{owner}", signature)
    values = [Decimal(one) if one != "x" else one for one in given]

    assert function(values) == (None if expected is None else Decimal(expected))


def test_texts_are_put_together():
    format_text = find_external("java.lang.String", "format(java.lang.String, [Ljava.lang.Object;)")

    assert (
        format_text(["%s có %d trang, %.2f đ", "Đơn", Decimal(3), Decimal("1.5")]) == "Đơn có 3 trang, 1.50 đ"
    )
    assert find_external("java.lang.String", "valueOf(double)")([Decimal("1.46")]) == "1.46"
    assert format_text(["%d", "x"]) is None


@pytest.mark.parametrize(
    ("owner", "signature"),
    [
        ("java.lang.Runtime", "exec(java.lang.String)"),
        ("java.lang.System", "exit(int)"),
        ("java.lang.Math", "__class__(int)"),
        ("java.lang.String", "intern()"),
        ("java.io.File", "delete()"),
        ("Math", "cos(double)"),
        ("java.lang.Math", "cos"),
        (None, None),
    ],
)
def test_what_is_not_in_the_table_is_no_function(owner, signature):
    assert find_external(owner, signature) is None


def test_only_decision_files_may_write_them():
    text = '(function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}})(0)'
    with pytest.raises(FeelError):
        compile_feel(text)

    assert compile_part(text, (), {})({}) == 1


def test_a_wide_format_is_no_bomb():
    function = find_external("java.lang.String", "format(java.lang.String, [Ljava.lang.Object;)")

    assert function(["%999999999d", Decimal(1)]) == "%999999999d"
