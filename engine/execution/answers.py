"""Reading the answers and variables of `motcua run`: six kinds of answers, exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.domain.names import RESERVED
from engine.errors import Invalid

Json = dict[str, Any]
_ANSWERS = {
    "complete": {"complete", "data"},
    "choose": {"choose"},
    "fail": {"fail", "code", "data"},
    "message": {"message", "data", "keys"},
    "signal": {"signal", "data"},
    "advance": {"advance"},
}


class BadAnswer(Invalid):
    """A line of the answers is none of the six kinds."""

    code = "bad_answer"
    vi = "Dòng trả lời không đúng: cần complete, choose, fail, message, signal hoặc advance; gặp {found}."
    en = "An answer is wrong: expected {expected}, but found {found}."


class ReservedName(Invalid):
    """A process variable has a name that expressions use for something else."""

    code = "reserved_name"
    vi = "“{found}” là tên dành riêng, không dùng làm tên dữ liệu."
    en = "“{found}” is reserved and cannot be the name of a variable."


def kind_of(answer: Mapping[str, Any]) -> str:
    """Return which of the kinds an answer is.

    Raises:
        BadAnswer: If it is none.
    """
    if isinstance(answer, Mapping):
        for kind, allowed in _ANSWERS.items():
            texts = (answer.get(kind), answer.get("code", ""))
            fits = all(isinstance(text, str) for text in texts) and set(answer) <= allowed
            if fits and all(isinstance(answer.get(part) or {}, Mapping) for part in ("data", "keys")):
                return kind
    raise BadAnswer("complete, choose, fail, message, signal or advance", repr(answer)[:120])


def checked(data: Mapping[str, Any]) -> Json:
    """Return variables with exact numbers.

    Raises:
        ReservedName: If one has a name that expressions use otherwise.
    """
    for name in data:
        if name in RESERVED:
            raise ReservedName("another name", name)
    return {str(name): exact(value) for name, value in data.items()}


def exact(value: Any) -> Any:
    """Numbers that came as floats are taken as they were written."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(key): exact(one) for key, one in value.items()}
    return [exact(one) for one in value] if isinstance(value, list | tuple) else value
