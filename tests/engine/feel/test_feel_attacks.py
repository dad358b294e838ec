"""Attacks on expressions in a process of their own, with hard limits of memory and processor time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EACH_MS, BASE_MB, MOST_MB = 250, 80, 64
ATTACKS = [
    "9 ** 9 ** 9 ** 9 ** 9",
    "for i in 1..1000000000 return i",
    "every i in 1..1000, j in 1..1000 satisfies true",
    "{f: function(x) f(x + 1) + f(x + 2), y: f(1)}.y",
    "for i in 1..100 return for j in 1..1000 return partial",
    '{s: "' + "x" * 900 + '", t: s + s + s + s, u: t + t + t + t}.u',
    'replace("' + "a" * 500 + '", "a", "' + "b" * 900 + '")',
    'matches("' + "a" * 900 + '", "^(a+)+\\\\1b$")',
    'matches("' + "a" * 900 + '", "((a*)*)*\\\\1b")',
    'for t in 1..1000 return matches("' + "a" * 60 + '", "(a|aa)*\\\\1b")',
    "for i in 1..1000 return 2.5 ** 3000.7",
    "for i in 1..1000 return exp(i * 1000)",
    'for i in 1..1000 return @"P1D" * 1e6000',
    'string join(for i in 1..900 return string(1e6000), "")',
    "sort(for i in 1..1000 return modulo(i * 7919, 1009), function(a, b) a < b)",
    'for d in @"-999999999-01-01"..@"999999999-01-01" return d',
    "(" * 500 + "1" + ")" * 500,
    "-" * 1_900 + "1",
    "[" * 900,
    "__import__('os').system('id')",
]
PROGRAM = """
import json, resource, sys, time
from engine.feel import FeelError, evaluate
evaluate('matches("a", "(a)\\\\1") or sqrt(2) > 1', {})
spent = []
for text in json.load(sys.stdin):
    before = time.process_time()
    try:
        evaluate(text, {})
    except FeelError:
        pass
    spent.append(time.process_time() - before)
print(json.dumps(spent))
"""


def test_every_attack_is_over_within_its_time_and_memory():
    """The kernel ends the process at its limits; it comes back with an answer because it needs less."""
    most = len(ATTACKS) * EACH_MS // 1000 + 10  # seconds of processor time, with what Python itself needs

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        resource.setrlimit(resource.RLIMIT_DATA, ((BASE_MB + MOST_MB) << 20,) * 2)

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(ATTACKS), text=True, cwd=ROOT,
        capture_output=True, preexec_fn=limit, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-500:]
    assert len(json.loads(done.stdout)) == len(ATTACKS)


@pytest.mark.parametrize("text", ["(" * 60 + "1" + ")" * 60, "for i in 1..2000 return i", "1 + " * 600 + "1"])
def test_what_is_too_large_is_said_in_both_languages(text):
    from engine.feel import FeelTooLarge, evaluate

    with pytest.raises(FeelTooLarge) as caught:
        evaluate(text, {})
    assert caught.value.say("vi").startswith("Biểu thức quá lớn: cần tối đa")
    assert caught.value.say("en").startswith("The expression is too large: expected at most")
    assert caught.value.position >= 1
