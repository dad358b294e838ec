"""When somebody has to be reminded of a deadline, and of what.

Four stages: most of the time is used, a working day is left, it is due, it is a working day over. After a
pause of the machine only the newest stage that has passed counts: nobody is told four things at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from engine.domain.calendar import WorkingCalendar, at, local_day, local_time
from engine.domain.texts import Text

MOSTLY = 70  # per cent of the working time


class Stage(IntEnum):
    """How near a deadline is; NONE: not near enough to speak of."""

    NONE = -1
    MOSTLY_USED = 0
    DAY_BEFORE = 1
    DUE = 2
    DAY_OVER = 3


CODES: Mapping[Stage, str] = {
    Stage.MOSTLY_USED: "mostly_used",
    Stage.DAY_BEFORE: "day_before",
    Stage.DUE: "due",
    Stage.DAY_OVER: "day_over",
}
WORDS: Mapping[Stage, Text] = {
    Stage.MOSTLY_USED: Text(
        "Hồ sơ {code} đã dùng 70 % thời gian; hẹn trả {due}.",
        "70 % of the time of {code} is used; it is due {due}.",
    ),
    Stage.DAY_BEFORE: Text(
        "Hồ sơ {code} còn một ngày làm việc; hẹn trả {due}.", "{code} is due in one working day, {due}."
    ),
    Stage.DUE: Text("Hồ sơ {code} đã đến hạn {due}.", "{code} was due {due}."),
    Stage.DAY_OVER: Text(
        "Hồ sơ {code} quá hạn hơn một ngày làm việc; hẹn trả {due}.",
        "{code} is late by more than a working day; it was due {due}.",
    ),
}
OWNER, HEAD, UNIT_HEAD, LEADER = "owner", "head", "unit_head", "leader"
WHO: Mapping[Stage, tuple[str, ...]] = {
    Stage.MOSTLY_USED: (OWNER,),
    Stage.DAY_BEFORE: (OWNER, HEAD),
    Stage.DUE: (OWNER, HEAD, UNIT_HEAD),
    Stage.DAY_OVER: (OWNER, HEAD, UNIT_HEAD, LEADER),
}
"""Who is told: whoever has the step, the head of that unit, of the competent unit, and its leaders."""

ESCALATE, REASSIGN, NOTHING = "escalate", "reassign", "none"
ACTIONS = (NOTHING, ESCALATE, REASSIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What a procedure lets happen by itself: its options `alert_action` and `alert_action_at`."""

    action: str = NOTHING
    stage: Stage = Stage.DUE

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> AlertRule:
        stages = {code: stage for stage, code in CODES.items()}
        return cls(
            action=options.get("alert_action", NOTHING),
            stage=stages.get(options.get("alert_action_at", "due"), Stage.DUE),
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The time that the office has.

    Attributes:
        lost: Working minutes in which the clock stood still, or that were before the term began anew.
    """

    calendar: WorkingCalendar
    accepted_at: datetime
    due: datetime
    lost: int = 0


def moment_of(span: Span, stage: Stage) -> datetime:
    """Return when a stage begins.

    The share of the time is counted in working minutes of the office's own. A day before, and a day over, are
    the same hour of the working day before or after.
    """
    calendar, accepted_at, due = span.calendar, span.accepted_at, span.due
    match stage:
        case Stage.MOSTLY_USED:
            minutes = calendar.working_minutes_between(accepted_at, due)
            left = max(0, minutes - span.lost) * (100 - MOSTLY) // 100
            return calendar.add_working_minutes(accepted_at, minutes - left)
        case Stage.DAY_BEFORE:
            day = local_day(due) - timedelta(days=1)
            while not calendar.is_working(day):
                day -= timedelta(days=1)
            return max(accepted_at, at(day, local_time(due)))
        case Stage.DAY_OVER:
            return at(calendar.next_working(local_day(due) + timedelta(days=1)), local_time(due))
        case _:
            return due


def stage_at(span: Span, now: datetime) -> Stage:
    """Return the newest stage that has begun."""
    return max((stage for stage in CODES if moment_of(span, stage) <= now), default=Stage.NONE)


def next_moment(span: Span, told: Stage, now: datetime) -> datetime | None:
    """Return when the next stage after those `told`, and after now, begins; None after the last."""
    ahead = [moment for stage in CODES if stage > told and (moment := moment_of(span, stage)) > now]
    return min(ahead, default=None)
