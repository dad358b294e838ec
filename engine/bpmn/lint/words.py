"""Words for kinds of events, shared by the rules and the reference."""

from __future__ import annotations

from collections.abc import Mapping

from engine.domain.texts import Text

KIND_WORDS: Mapping[str, Text] = {
    "message": Text("thông điệp", "message"),
    "timer": Text("hẹn giờ", "timer"),
    "conditional": Text("điều kiện", "conditional"),
    "signal": Text("tín hiệu", "signal"),
    "link": Text("liên kết", "link"),
    "error": Text("lỗi", "error"),
    "escalation": Text("báo cáo vượt cấp", "escalation"),
    "compensate": Text("bù trừ", "compensation"),
    "cancel": Text("hủy giao dịch", "cancel"),
    "terminate": Text("chấm dứt", "terminate"),
}
