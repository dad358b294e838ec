"""Text patterns: like everybody's regular expressions where those are safe, refused where they are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.patterns import BadPattern, PatternTooSlow, compile_pattern

atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", "[a-c1]", "^", "$"])
single = st.sampled_from(["a", "b", "[bc]", r"\d", "."])
counts = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{0,2}?"])
repeated = st.tuples(single, counts).map("".join)
patterns = st.recursive(
    atoms | repeated,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        inner.map(lambda one: f"({one})"),
    ),
    max_leaves=8,
)


@given(patterns, st.text(alphabet="abc1", max_size=9))
def test_what_matches_and_where_is_what_everybody_expects(source, text):
    ours, theirs = compile_pattern(source), re.compile(source)

    found, expected = ours.search(text), theirs.search(text)

    assert (found and (found.start, found.end)) == (expected and expected.span())
    assert ours.covers(text) == (theirs.fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("source", "flags", "text", "matches"),
    [
        (r"\p{L}+", "", "Đất", True),
        (r"\p{Lu}\P{Lu}*", "", "Đất", True),
        (r"[\p{L} ]{2,80}", "", "Nguyễn Văn Đức", True),
        (r"[A-Z]\d{7,8}", "", "C1234567", True),
        (r"[A-Z]\d{7,8}", "", "C123456", False),
        (r"[a-z-[aeiou]]+", "", "gpxd", True),
        (r"[a-z-[aeiou]]+", "", "giay", False),
        ("gpxd", "i", "GPXD", True),
        ("a b", "x", "ab", True),
        ("a.b", "q", "axb", False),
        ("a.b", "s", "a\nb", True),
        ("a.b", "", "a\nb", False),
        ("", "", "", True),
    ],
)
def test_the_dialect(source, flags, text, matches):
    assert compile_pattern(source, flags).covers(text) is matches


@pytest.mark.parametrize(
    "source",
    [
        *("(", ")", "a)", "[a", "*a", "a{2,1}", "a**", r"\q", "[z-a]", r"\p{Klingon}", "(" * 60 + ")" * 60),
        *(r"(a)\1", "(?=a)", "(?<!a)b", "a" * 501, "((a{99}){99}){9}", "|".join(["(x{900})"] * 20)),
    ],
)  # fmt: skip
def test_what_cannot_be_run_in_step_is_refused_with_its_position(source):
    with pytest.raises(BadPattern) as caught:
        compile_pattern(source)

    assert "position" in caught.value.facts
    assert caught.value.say("vi")
    assert caught.value.say("en")


def test_a_pattern_that_would_backtrack_for_ever_takes_few_steps():
    budget = [2_000]

    assert compile_pattern("^(a+)+$").search("a" * 30 + "b", budget) is None
    assert budget[0] > 0


def test_too_much_work_is_stopped():
    with pytest.raises(PatternTooSlow):
        compile_pattern("(a|aa)*(a|aa)*b").search("a" * 10_000, [50_000])
