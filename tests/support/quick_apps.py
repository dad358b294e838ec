"""Applications made quickly: each test has its own, and each would compile all addresses and templates anew.

What is compiled depends on the text alone, so a process keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_builders: dict[tuple[Any, ...], Callable[..., Any]] = {}


def remember_compiled() -> None:
    """Compile each address and each template once in this process."""
    compile_builder = Rule._compile_builder

    def remembered(self: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (repr(self._trace), repr(self.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = compile_builder(self, append_unknown)  # takes its rule as an argument
        return _builders[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]
    Flask.jinja_options = {"bytecode_cache": _Templates()}


class _Templates(BytecodeCache):
    """Templates by name and place; a changed text has another checksum."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()
