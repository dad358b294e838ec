"""Text patterns that cannot be made slow: RE2 takes time in proportion to the text, whatever is written.

Officials write patterns into forms and conditions, so a pattern is foreign input. References back, looking
ahead or behind, and taking classes away from classes are not in RE2 and are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2

from engine.errors import Invalid

LONGEST_PATTERN = 500
FLAGS = "smixq"  # as in XPath, which FEEL names: dot matches line ends, lines, ignore case, spaced, quoted
_TAKEN_AWAY = re.compile(r"-\[")  # [a-z-[aeiou]] of XPath reads as something else in RE2

Pattern = re2._Regexp
Match = re2._Match


class BadPattern(Invalid):
    """The pattern cannot be read, is too long, or needs what cannot run in step with the text."""

    code = "bad_pattern"
    vi = "Mẫu ký tự “{pattern}” không dùng được: cần {expected_vi}, nhưng gặp {found}."
    en = "The pattern “{pattern}” cannot be used: expected {expected}, but found {found}."


@lru_cache(maxsize=512)
def compile_pattern(source: str, flags: str = "") -> Pattern:
    """Compile a pattern with the methods of `re`; `flags` are letters of s m i x q.

    Raises:
        BadPattern: If it is none.
    """
    if unknown := set(flags) - set(FLAGS):
        raise _bad(source, "cờ trong s m i x q", "flags among s m i x q", min(unknown))
    if len(source) > LONGEST_PATTERN:
        most = LONGEST_PATTERN
        raise _bad(source[:40], f"tối đa {most} ký tự", f"at most {most} characters", f"{len(source)}")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 4 << 20
    options.literal = "q" in flags
    options.case_sensitive = "i" not in flags
    options.dot_nl = "s" in flags
    if not options.literal:
        if _TAKEN_AWAY.search(source):
            raise _bad(source, "lớp ký tự không có phép trừ", "a class without another taken away", "-[")
        if "x" in flags:
            source = "".join(source.split())
        if "m" in flags:
            source = f"(?m){source}"
    try:
        return re2.compile(source, options)
    except re2.error as wrong:
        reason = wrong.args[0] if wrong.args else ""
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise _bad(source, "một mẫu ký tự đúng", "a pattern", reason) from None


def _bad(pattern: str, expected_vi: str, expected: str, found: str) -> BadPattern:
    return BadPattern(expected, found, pattern=pattern, expected_vi=expected_vi)
