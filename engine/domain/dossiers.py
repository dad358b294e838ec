"""A dossier: its national status, its code, and what may happen to it when.

Four facets are kept apart: business status (here), payment, delivery and synchronisation. Overdue is a
property, never a status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.domain.texts import Text
from engine.errors import Invalid, Refused


class Status(StrEnum):
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    SUPPLEMENT = "supplement"
    AWAITING_PAYMENT = "awaiting_payment"
    RESOLVED = "resolved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    REJECTED = "rejected"

    @property
    def national_code(self) -> int:
        """The number used between systems, 1 to 10; 1 (just filed online) has no dossier yet."""
        return _NATIONAL[self]

    @property
    def label(self) -> Text:
        return _LABELS[self]


_NATIONAL = {
    Status.RECEIVED: 2,
    Status.REJECTED: 3,
    Status.IN_PROGRESS: 4,
    Status.SUPPLEMENT: 5,
    Status.AWAITING_PAYMENT: 6,
    Status.WITHDRAWN: 7,
    Status.STOPPED: 8,
    Status.RESOLVED: 9,
    Status.RETURNED: 10,
}
_LABELS = {
    Status.RECEIVED: Text("Được tiếp nhận", "Received"),
    Status.IN_PROGRESS: Text("Đang xử lý", "In progress"),
    Status.SUPPLEMENT: Text("Chờ bổ sung giấy tờ", "Waiting for papers"),
    Status.AWAITING_PAYMENT: Text("Chờ thực hiện nghĩa vụ tài chính", "Waiting for payment"),
    Status.RESOLVED: Text("Đã có kết quả", "Result ready"),
    Status.RETURNED: Text("Đã trả kết quả", "Result handed over"),
    Status.WITHDRAWN: Text("Người nộp đã rút hồ sơ", "Withdrawn by the applicant"),
    Status.STOPPED: Text("Đã dừng giải quyết", "Stopped"),
    Status.REJECTED: Text("Không được tiếp nhận", "Not accepted"),
}

ACTIVE = frozenset({Status.RECEIVED, Status.IN_PROGRESS, Status.SUPPLEMENT, Status.AWAITING_PAYMENT})
"""The office, or the citizen, still has to do something before there is a result."""

RUNNING = ACTIVE | {Status.RESOLVED}
"""Not yet ended: a result may still wait at the counter."""

CLOCK_STOPPED = frozenset({Status.SUPPLEMENT, Status.AWAITING_PAYMENT})
"""Time that is not counted against officials (national status 5 and 6)."""


class BadCode(Invalid):
    code = "bad_dossier_code"
    vi = "Mã hồ sơ có dạng H12.05-261117-0042, nhưng đã nhập “{found}”."
    en = "A dossier code looks like H12.05-261117-0042, but “{found}” was entered."


_CODE = re.compile(r"(?P<unit>[A-Z0-9]+(?:\.[A-Z0-9]+)*)-(?P<day>\d{6}|\d{8})-(?P<number>\d{4,7})")


@dataclass(frozen=True, slots=True)
class DossierCode:
    """`{unit identity code}-{yyMMdd}-{number of the day}`, the same after acceptance on any channel."""

    unit: str
    day: str
    number: int

    @classmethod
    def make(cls, unit_identity: str, day: date, number: int) -> DossierCode:
        return cls(unit_identity.upper(), f"{day:%y%m%d}", number)

    @classmethod
    def parse(cls, text: str) -> DossierCode:
        """Read a code as typed or scanned; blanks and small letters are forgiven.

        Raises:
            BadCode: If it has another shape.
        """
        match = _CODE.fullmatch("".join(text.split()).upper())
        if match is None:
            raise BadCode("a dossier code", text[:60] or "—")
        return cls(match["unit"], match["day"], int(match["number"]))

    def __str__(self) -> str:
        return f"{self.unit}-{self.day}-{self.number:04d}"


class DossierEnded(Refused):
    code = "dossier_ended"
    vi = "Hồ sơ {dossier} đã kết thúc ({status}), không thể {act} được nữa."
    en = "Dossier {dossier} has ended ({status}); it can no longer be {act_en}."


class AlreadySigned(Refused):
    code = "already_signed"
    vi = "Hồ sơ {dossier} đã có quyết định được ký, nên không rút được nữa. Kết quả sẽ được trả tại quầy."
    en = "The decision on dossier {dossier} is already signed, so it cannot be withdrawn any more."


def check_withdrawable(dossier: str, status: Status, *, is_signed: bool) -> None:
    """The applicant may withdraw until the decision is signed."""
    if is_signed:
        raise AlreadySigned("a dossier not yet decided", "the decision is signed", dossier=dossier)
    if status not in ACTIVE:
        raise _ended(dossier, status, "rút", "withdrawn")


def check_stoppable(dossier: str, status: Status) -> None:
    if status not in ACTIVE:
        raise _ended(dossier, status, "dừng", "stopped")


def _ended(dossier: str, status: Status, act: str, act_en: str) -> DossierEnded:
    return DossierEnded(
        "an active dossier",
        f"it is {status}",
        dossier=dossier,
        status=status.label.vi,
        act=act,
        act_en=act_en,
    )
