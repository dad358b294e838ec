"""What the verification says: a verdict, and problems each with the shortest way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.domain.texts import Text

Verdict = Literal["sound", "unsound", "not-proven"]
ERROR, WARNING, OPEN = "error", "warning", "open"

# What each kind is called on a page. The definitions: docs/reference/verify.md.
KINDS: dict[str, Text] = {
    "deadlock": Text("bế tắc", "deadlock"),
    "token-left": Text("chờ mãi ở cổng nối", "left for ever at a join"),
    "livelock": Text("quay vòng không lối ra", "livelock"),
    "dead-step": Text("bước không bao giờ tới", "dead step"),
    "lack-of-synchronisation": Text("thiếu cổng nối", "missing join"),
    "unbounded": Text("việc tăng mãi", "unbounded growth"),
    "improper-completion": Text("kết thúc nhiều lần", "improper completion"),
    "gateway-hole": Text("điều kiện còn hở", "hole between conditions"),
    "gateway-overlap": Text("điều kiện chồng nhau", "overlapping conditions"),
    "incident": Text("bước không đi tiếp được", "a step that cannot go on"),
    "uncaught-error": Text("lỗi không ai xử lý", "uncaught error"),
    "terminate-interrupts": Text("kết thúc ngang", "ended while others work"),
    "outcome-unreachable": Text("kết quả không tới được", "outcome out of reach"),
    "role-vacant": Text("không có người làm", "nobody to do it"),
    "time-over-limit": Text("quá thời hạn", "over the limit"),
    "message-unsent": Text("thông điệp không ai gửi", "message nobody sends"),
    "message-unreceived": Text("thông điệp không ai nhận", "message nobody receives"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Attributes:
    severity: "error" refuses publication; "warning" is told; "open" is what could not be decided.
    elements: Ids of what is wrong, `path` ids of what is gone through to get there, the first first.
    """

    kind: str
    severity: str = ERROR
    elements: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    message: Text

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "severity": self.severity,
            "elements": list(self.elements),
            "path": list(self.path),
            "message": {"vi": self.message.say("vi"), "en": self.message.say("en")},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Attributes:
    states: How many different states were found; `steps` how many times the interpreter was asked.
    seconds: Of the processor, so that the figure does not depend on what else the machine does.
    limit: The bound that ended the exploration: "states", "seconds" or "size"; "" when it was complete.
    """

    states: int
    steps: int
    seconds: float
    problems: tuple[Problem, ...]
    limit: str = ""

    @property
    def verdict(self) -> Verdict:
        if any(one.severity == ERROR for one in self.problems):
            return "unsound"
        if self.limit or any(one.severity == OPEN for one in self.problems):
            return "not-proven"
        return "sound"

    @property
    def states_per_second(self) -> int:
        return round(self.states / self.seconds) if self.seconds else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "states": self.states,
            "states_per_second": self.states_per_second,
            "limit": self.limit,
            "problems": [one.as_json() for one in self.problems],
        }
