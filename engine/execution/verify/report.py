"""What the verification says: a verdict, and problems each with the shortest way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.domain.texts import Text

Verdict = Literal["sound", "unsound", "not-proven"]
ERROR, WARNING, OPEN = "error", "warning", "open"

# What each kind is called on a page. The definitions: docs/reference/verify.md.
KINDS: dict[str, Text] = {
    "deadlock": Text("Bế tắc", "Deadlock"),
    "token-left": Text("Chờ mãi ở cổng nối", "Left for ever at a join"),
    "livelock": Text("Quay vòng không lối ra", "Livelock"),
    "dead-step": Text("Bước không bao giờ tới", "Dead step"),
    "lack-of-synchronisation": Text("Thiếu cổng nối", "Missing join"),
    "unbounded": Text("Việc tăng mãi", "Unbounded growth"),
    "improper-completion": Text("Kết thúc nhiều lần", "Improper completion"),
    "gateway-hole": Text("Điều kiện còn hở", "Hole between conditions"),
    "gateway-overlap": Text("Điều kiện chồng nhau", "Overlapping conditions"),
    "incident": Text("Bước không đi tiếp được", "A step that cannot go on"),
    "uncaught-error": Text("Lỗi không ai xử lý", "Uncaught error"),
    "terminate-interrupts": Text("Kết thúc ngang", "Ended while others work"),
    "outcome-unreachable": Text("Kết quả không tới được", "Outcome out of reach"),
    "role-vacant": Text("Không có người làm", "Nobody to do it"),
    "time-over-limit": Text("Quá thời hạn", "Over the limit"),
    "message-keys": Text("Khóa ghép có thể không khớp", "Keys that may not match"),
    "message-unsent": Text("Thông điệp không ai gửi", "Message nobody sends"),
    "message-unreceived": Text("Thông điệp không ai nhận", "Message nobody receives"),
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
