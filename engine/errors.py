"""Everything this product refuses, in words that a person understands.

    ProcedureError            never raised itself
    ├── NotFound              there is no such thing, or this person may not know of it   404
    ├── Forbidden             this person may not do this                                 403
    ├── Invalid               what was sent cannot be read                                422
    ├── Refused               a rule of the office says no                                409
    └── Conflict              somebody else was faster                                    409

Subclasses live beside the rule that raises them. Each carries `code`, and a sentence in
Vietnamese and English with `{facts}` in braces; `expected` and `found` are always among the facts.
"""

from __future__ import annotations

from typing import ClassVar


class ProcedureError(Exception):
    """Base of all errors that a caller may show to a person.

    Args:
        expected: What the rule wants, in English, for logs: "the task to be open".
        found: What there was instead: "it was completed at 09:41".
        facts: Values for the sentences `vi` and `en`, and for callers that look closer.
    """

    code: ClassVar[str] = "error"
    vi: ClassVar[str] = "Cần {expected}, nhưng {found}."
    en: ClassVar[str] = "Expected {expected}, but {found}."

    def __init__(self, expected: str, found: str, **facts: object) -> None:
        super().__init__(f"Expected {expected}, but {found}.")
        self.facts: dict[str, object] = {"expected": expected, "found": found, **facts}

    def say(self, language: str = "vi") -> str:
        """Return the sentence for a person; `language` is "vi" or "en"."""
        return (self.vi if language == "vi" else self.en).format_map(self.facts)


class NotFound(ProcedureError):
    code = "not_found"
    vi = "Không tìm thấy {what}: có thể đã nhập sai, hoặc bạn không có quyền xem."
    en = "{thing} was not found{more}: it may be mistyped, or you may not see it."

    def __init__(self, expected: str, found: str, *, what: object = "", **facts: object) -> None:
        thing = expected.removesuffix(" to exist")
        said = {
            "what": what or expected,
            "thing": f"{thing[:1].upper()}{thing[1:]}",
            "more": "" if found == "there is none" else f" ({found})",
        }
        super().__init__(expected, found, **{**said, **facts})


class Forbidden(ProcedureError):
    code = "forbidden"
    vi = "Bạn không có quyền làm việc này: cần {expected}, nhưng {found}."
    en = "You may not do this: it needs {expected}, but {found}."


class Invalid(ProcedureError):
    code = "invalid"
    vi = "Dữ liệu chưa đúng: cần {expected}, nhưng {found}."
    en = "This cannot be read: expected {expected}, but {found}."


class Refused(ProcedureError):
    code = "refused"
    vi = "Không thực hiện được: cần {expected}, nhưng {found}."
    en = "This cannot be done: expected {expected}, but {found}."


class Conflict(ProcedureError):
    code = "conflict"
    vi = "Người khác vừa thay đổi nội dung này. Hãy tải lại trang, xem rồi làm tiếp; chưa có gì bị ghi đè."
    en = "Somebody else has just changed this. Reload the page, look, and go on; nothing was overwritten."
