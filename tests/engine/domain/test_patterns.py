"""Text patterns: the dialect of FEEL where it is safe, refused where it is not."""

from __future__ import annotations

import pytest

from engine.domain.patterns import BadPattern, compile_pattern


@pytest.mark.parametrize(
    ("source", "flags", "text", "matches"),
    [
        (r"\p{L}+", "", "Đất", True),
        (r"\p{Lu}\P{Lu}*", "", "Đất", True),
        (r"[\p{L} ]{2,80}", "", "Nguyễn Văn Đức", True),
        (r"[A-Z]\d{7,8}", "", "C1234567", True),
        (r"[A-Z]\d{7,8}", "", "C123456", False),
        ("gpxd", "i", "GPXD", True),
        ("a b", "x", "ab", True),
        ("a.b", "q", "axb", False),
        ("a.b", "s", "a\nb", True),
        ("a.b", "", "a\nb", False),
        ("", "", "", True),
    ],
)
def test_the_dialect(source, flags, text, matches):
    assert bool(compile_pattern(source, flags).fullmatch(text)) is matches


@pytest.mark.parametrize(
    ("source", "flags"),
    [
        *((one, "") for one in ("(", ")", "[a", "*a", "a{2,1}", "a**", r"\q", "[z-a]", r"\p{Klingon}")),
        *((one, "") for one in (r"(a)\1", "(?=a)", "(?<!a)b", "a" * 501, "((a{99}){99}){9}")),
        ("[a-z-[aeiou]]", ""),
        ("a", "z"),
    ],
)
def test_what_cannot_run_in_step_with_the_text_is_refused_in_words(source, flags):
    with pytest.raises(BadPattern) as caught:
        compile_pattern(source, flags)
    assert "không dùng được" in caught.value.say("vi")
    assert "cannot be used" in caught.value.say("en")


def test_a_pattern_that_would_backtrack_for_ever_simply_answers():
    assert compile_pattern("^(a+)+$").search("a" * 5_000 + "b") is None
    assert compile_pattern("(a|aa)*(a|aa)*b").search("a" * 10_000) is None
