"""What is said when an expression cannot be read or must be stopped.

    Invalid
    └── FeelError           the text is not FEEL; facts name the position
        └── FeelTooLarge    the text or its evaluation goes over a bound

A wrong type is no error: by the rules of FEEL it gives null.
"""

from __future__ import annotations

from engine.domain.texts import Text
from engine.errors import Invalid


class FeelError(Invalid):
    """The expression cannot be read; facts: `position` (characters, from 1) and the `text`."""

    code = "feel_error"
    vi = "Biểu thức chưa đúng ở vị trí {position}: cần {expected_vi}, nhưng gặp {found_vi}."
    en = "The expression is wrong at position {position}: expected {expected}, but found {found}."

    def __init__(self, expected: Text, found: Text, *, position: int, text: str = "") -> None:
        super().__init__(
            expected.say("en"),
            found.say("en"),
            position=position,
            text=text,
            expected_vi=expected.say("vi"),
            found_vi=found.say("vi"),
        )

    @property
    def position(self) -> int:
        return int(str(self.facts["position"]))


class FeelTooLarge(FeelError):
    """An expression that is too long, too deep, or too much work."""

    code = "feel_too_large"
    vi = "Biểu thức quá lớn: cần {expected_vi}, nhưng gặp {found_vi}."
    en = "The expression is too large: expected {expected}, but found {found}."
