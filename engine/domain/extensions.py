"""When a due date may be moved: an extension by the office within its limits, or a change by hand.

Neither moves what law or slip say; both need a second person. Late stays late: an extension is decided before
the due date or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.dossiers import ACTIVE, Status
from engine.domain.procedures import Limit
from engine.domain.timewords import say_moment
from engine.errors import Forbidden, Invalid, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionLimits:
    """How often and by how much a procedure may be extended.

    Attributes:
        most: How many extensions; from the procedure's option `max_extensions`, once where it says nothing.
        days: The longest, in days as the term counts them; from `max_extension_days`, else as many as the
            term itself has.

    Source: what is usual where the sector law says nothing (to be verified); procedures carry their own.
    """

    most: int
    days: int

    @classmethod
    def of(cls, options: Mapping[str, Any], limit: Limit) -> ExtensionLimits:
        most, days = options.get("max_extensions", 1), options.get("max_extension_days")
        whole_days = max(1, limit.value // 8) if limit.kind == "hour" else limit.value
        return cls(
            most=most if isinstance(most, int) and most >= 0 else 1,
            days=days if isinstance(days, int) and days >= 1 else whole_days,
        )


class NoMoreExtensions(Refused):
    code = "no_more_extensions"
    vi = "Thủ tục này chỉ được gia hạn {most} lần; hồ sơ đã gia hạn {used} lần."
    en = "This procedure may be extended {most} times; this dossier was extended {used} times."


class ExtensionTooLong(Invalid):
    code = "extension_too_long"
    vi = "Gia hạn từ 1 đến {most} ngày theo thủ tục này; đã nhập {days}."
    en = "An extension has 1 to {most} days in this procedure; {days} was entered."


class AlreadyDue(Refused):
    """It is too late to extend: it stays late, and the apology says so."""

    code = "already_due"
    vi = "Hạn trả {due} đã qua nên không gia hạn được nữa; hồ sơ vẫn là quá hạn."
    en = "The due date {due} has passed, so it can no longer be extended; the dossier stays late."


class DueFixed(Refused):
    """The dossier has a result, has ended, or its clock stands still."""

    code = "due_fixed"
    vi = "Không đổi hạn được: hồ sơ đã có kết quả, đã kết thúc, hoặc đồng hồ đang dừng."
    en = "The due date cannot be changed: there is a result, it has ended, or its clock stands still."


class SecondPerson(Forbidden):
    """Whoever proposed it cannot decide it."""

    code = "second_person"
    vi = "Việc này cần người thứ hai: người đề nghị không tự duyệt được."
    en = "This needs a second person: whoever proposed it cannot decide it."


def check_extension(limits: ExtensionLimits, used: int, days: int, due: datetime, now: datetime) -> None:
    """Check that a dossier may be extended by `days` now; `used` extensions are in force.

    Raises:
        AlreadyDue, NoMoreExtensions, ExtensionTooLong: In this order.
    """
    check_before_due(due, now)
    if used >= limits.most:
        raise NoMoreExtensions(f"fewer than {limits.most}", f"{used} are used", most=limits.most, used=used)
    if not 1 <= days <= limits.days:
        raise ExtensionTooLong(f"1 to {limits.days} days", f"{days}", most=limits.days, days=days)


def check_before_due(due: datetime, now: datetime) -> None:
    """Raise AlreadyDue if the due date has passed."""
    if now > due:
        raise AlreadyDue("a due date to come", "it has passed", due=say_moment(due))


def check_movable(status: Status, *, is_stopped: bool) -> None:
    """Raise DueFixed unless the office is still at work and its clock runs."""
    if status not in ACTIVE or is_stopped:
        raise DueFixed("a dossier at work", f"it is {status}, stopped: {is_stopped}")


def check_second(proposed_by: int | None, user_id: int | None) -> None:
    """Raise SecondPerson if somebody would decide what they proposed themselves."""
    if user_id is not None and proposed_by == user_id:
        raise SecondPerson("another person", "it is the same one")
