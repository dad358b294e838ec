"""FEEL, the one language of conditions, checks, fees and decisions (DMN 1.5).

`evaluate("floor > 250 and storeys >= 3", {"floor": 412, "storeys": 4})` is True. Wrong types and unknown
names give null (None), never an error; a text that is not FEEL is a `FeelError` with its position.
Everything is bounded: length, depth, steps, the size of texts and lists. Expressions see only the values
that are given to them: no clock, no files, no attributes.
"""

from __future__ import annotations

from engine.feel.errors import FeelError, FeelTooLarge
from engine.feel.expressions import Expression, compile_feel, compile_tests, evaluate
from engine.feel.printing import to_json, to_plain

__all__ = [
    "Expression",
    "FeelError",
    "FeelTooLarge",
    "compile_feel",
    "compile_tests",
    "evaluate",
    "to_json",
    "to_plain",
]
