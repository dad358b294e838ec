"""Reading JSON that people and other systems wrote, with the path of every fault.

A `Place` is one value of a document and the way to it. Its methods return what was asked for or
refuse with the path, what was expected and what was found. A key that nobody knows is a fault too:
a misspelt "requierd" must not pass in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, NoReturn

from engine.domain.texts import BadText, Text
from engine.errors import Invalid


class BadJson(Invalid):
    """A document has the wrong shape; facts: `path`, `expected`, `found` (English) and `*_vi`."""

    code = "bad_json"
    vi = "{what_vi}: tại {path} cần {expected_vi}, nhưng gặp {found_vi}."
    en = "{what}: at {path} expected {expected}, but found {found}."
    what: ClassVar[Text] = Text("Tài liệu không đọc được", "The document cannot be read")

    def __init__(self, path: str, expected: Text, found: Text) -> None:
        super().__init__(
            f"{expected.say('en')} at {path}",
            f"found {found.say('en')}",
            path=path,
            what=self.what.say("en"),
            what_vi=self.what.say("vi"),
            expected_vi=expected.say("vi"),
            found_vi=found.say("vi"),
        )
        self.facts |= {"expected": expected.say("en"), "found": found.say("en")}


@dataclass(frozen=True, slots=True)
class Place:
    """One value in a document.

    Attributes:
        value: What stands there; None when nothing does.
        path: The way from the root: `components[2].need`.
        error: The kind of error to refuse with.
    """

    value: Any
    path: str
    error: type[BadJson]

    def refuse(self, expected: Text, found: Text | None = None) -> NoReturn:
        raise self.error(self.path or "$", expected, found or shown(self.value))

    def at(self, key: str) -> Place:
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Place(value, f"{self.path}.{key}" if self.path else key, self.error)

    def only(self, keys: Collection[str]) -> Place:
        """Check that an object stands here with no other keys than these."""
        for key in self._mapping():
            if key not in keys:
                expected = Text(f"một trong các mục {', '.join(keys)}", f"one of the keys {', '.join(keys)}")
                self.refuse(expected, shown(key))
        return self

    def entries(self) -> dict[str, Place]:
        """Return the places of an object whose keys are free; nothing is an empty object."""
        return {} if self.value is None else {str(key): self.at(str(key)) for key in self._mapping()}

    def items(self) -> tuple[Place, ...]:
        """Return the places of a list; nothing is an empty list."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list | tuple):
            self.refuse(Text("một danh sách", "a list"))
        return tuple(Place(one, f"{self.path}[{at}]", self.error) for at, one in enumerate(self.value))

    def string(self, default: str | None = None, *, pattern: str = "", expected: Text | None = None) -> str:
        """Return the string here; without a `default` it must be there and not be empty."""
        if self.value is None and default is not None:
            return default
        wanted = expected or Text("một chuỗi chữ", "a string")
        if not isinstance(self.value, str) or (default is None and not self.value.strip()):
            self.refuse(wanted)
        if pattern and self.value and not re.fullmatch(pattern, self.value):
            self.refuse(wanted)
        return self.value

    def text(self, *, needed: bool = False) -> Text:
        try:
            found = Text.of(self.value)
        except BadText:
            self.refuse(Text('một chuỗi hoặc {"vi", "en"}', 'a string or {"vi", "en"}'))
        if needed and not found:
            self.refuse(Text("nội dung chữ, không để trống", "words, not empty"))
        return found

    def choice(self, options: Collection[Any], default: Any = None) -> Any:
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, bool | list | dict) or self.value not in options:
            names = ", ".join(str(one) for one in options)
            self.refuse(Text(f"một trong các giá trị {names}", f"one of {names}"))
        return self.value

    def flag(self, default: bool = False) -> bool:
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.refuse(Text("true hoặc false", "true or false"))
        return self.value

    def integer(self, default: int | None = None, *, least: int | None = None) -> int:
        """Return the whole number here; without a `default` it must be there."""
        if self.value is None and default is not None:
            return default
        wanted = Text("một số nguyên", "a whole number")
        if least is not None:
            wanted = Text(f"một số nguyên từ {least} trở lên", f"a whole number of at least {least}")
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.refuse(wanted)
        if least is not None and self.value < least:
            self.refuse(wanted)
        return self.value

    def number(self) -> Decimal | None:
        """Return the number here, written as a JSON number or as a string such as "412.5"."""
        if self.value is None:
            return None
        if not isinstance(self.value, int | float | str | Decimal) or isinstance(self.value, bool):
            self.refuse(Text("một số", "a number"))
        try:
            number = Decimal(str(self.value))
        except InvalidOperation:
            self.refuse(Text("một số, ví dụ 412.5", "a number such as 412.5"))
        if not number.is_finite():
            self.refuse(Text("một số hữu hạn", "a finite number"))
        return number

    def _mapping(self) -> Mapping[str, Any]:
        if not isinstance(self.value, Mapping):
            self.refuse(Text("một nhóm mục {…}", "an object"))
        return self.value


def shown(value: object) -> Text:
    """Return `value` as a person may see it in a refusal, shortened."""
    if value is None:
        return Text("không có gì", "nothing")
    try:
        words = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        words = type(value).__name__
    words = words if len(words) <= 60 else words[:57] + "…"
    return Text(words, words)


def plain_number(number: Decimal | None) -> int | str | None:
    """Return a number as JSON keeps it without loss: an int, or a string such as "412.5"."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")
