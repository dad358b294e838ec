"""Where names are looked up, and how much work one evaluation may do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.domain.texts import Text
from engine.feel.errors import FeelTooLarge
from engine.feel.values import from_python

MOST_STEPS = 10_000
LONGEST_TEXT = 10_000
LONGEST_LIST = 1_000
DEEPEST_CALL = 40
DEEPEST_VALUE = 60
LARGEST_VALUE = 10_000
MOST_WEIGHED = 100_000  # nobody looks further

MISSING = object()


class Run:
    """One evaluation: what was given to it, what it may still do, and what it has to say (`notes`)."""

    __slots__ = ("calls", "given", "left", "most", "notes", "read", "text")

    def __init__(self, given: Mapping[str, Any], text: str, most: int = MOST_STEPS) -> None:
        self.given = given
        self.read: dict[str, Any] = {}
        self.left = self.most = most
        self.notes: list[Text] = []
        self.calls = 0
        self.text = text

    def tick(self, steps: int = 1) -> None:
        """Count work.

        Raises:
            FeelTooLarge: If it is more than an expression may do.
        """
        self.left -= steps
        if self.left < 0:
            raise self.too_large(self.most, "bước tính", "steps")

    def checked(self, value: Any) -> Any:
        """Return a new text, list or context if it is not too large; measuring counts as work.

        Everything inside counts, however often: a list of twice the same list is twice as large.

        Raises:
            FeelTooLarge: If it is.
        """
        if isinstance(value, str):
            self.tick(len(value) // 200)
            if len(value) > LONGEST_TEXT:
                raise self.too_large(LONGEST_TEXT, "ký tự trong một chuỗi", "characters in a text")
        elif isinstance(value, list | dict):
            if len(value) > LONGEST_LIST:
                raise self.too_large(LONGEST_LIST, "phần tử trong một danh sách", "items in a list")
            size = self.weigh(value)
            if size > LARGEST_VALUE:
                raise self.too_large(
                    LARGEST_VALUE, "phần tử tính cả bên trong", "items, those inside included"
                )
        return value

    def weigh(self, value: Any) -> int:
        """Return how much a value holds, all levels together, and count the looking as work."""
        if not isinstance(value, list | dict):
            return 1
        size = self._size(value, 0)
        self.tick(size // 20)
        return size

    def _size(self, value: Any, depth: int) -> int:
        if depth > DEEPEST_VALUE:
            raise self.too_large(DEEPEST_VALUE, "lớp lồng nhau", "levels")
        size = len(value)
        for one in value.values() if isinstance(value, dict) else value:
            what = type(one)
            if what is list or what is dict:
                size += self._size(one, depth + 1)
            elif what is str:
                size += len(one) // 20
            elif what is Decimal and abs(one.adjusted()) > 100:
                size += abs(one.adjusted()) // 20
            if size > MOST_WEIGHED:
                return size
        return size

    def enter(self) -> None:
        self.tick()
        self.calls += 1
        if self.calls > DEEPEST_CALL:
            raise self.too_large(DEEPEST_CALL, "lần gọi lồng nhau", "nested calls")

    def leave(self) -> None:
        self.calls -= 1

    def too_large(self, most: int, vi: str, en: str) -> FeelTooLarge:
        limit = Text(f"tối đa {most} {vi}", f"at most {most} {en}")
        return FeelTooLarge(limit, Text("nhiều hơn", "more"), position=1, text=self.text)


class Scope:
    """Names bound inside an expression, over those around it, over what was given."""

    __slots__ = ("names", "parent", "run")

    def __init__(self, run: Run, names: dict[str, Any] | None = None, parent: Scope | None = None) -> None:
        self.run = run
        self.names = {} if names is None else names
        self.parent = parent

    def inside(self, names: dict[str, Any]) -> Scope:
        return Scope(self.run, names, self)

    def find(self, name: str) -> Any:
        """Return what a name stands for, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        run = self.run
        if name in run.read:
            return run.read[name]
        if name not in run.given:
            return MISSING
        value = run.read[name] = from_python(run.given[name])
        return value
