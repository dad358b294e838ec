"""What the rules need from an expression language: a function. They may not know which one it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Evaluate = Callable[[str, Mapping[str, Any]], Any]
"""Gets the text of an expression and the values of its names; gives its value, None for null."""
