"""A filing: what was handed in and is not accepted yet. It has a number and no clock.

submitted ─→ accepted            the counter takes it in: it is a dossier now
    │ ↑  └─→ rejected            not competent, not eligible, forged; with reason and legal basis
    │ └─── supplement ─→ lapsed  something is missing: all of it is said at once, with a last day
    └────→ coordination          nobody can tell who decides: the coordinator says
any open → withdrawn             the applicant takes it back
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.domain.texts import Text
from engine.errors import Invalid, Refused


class FilingState(StrEnum):
    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"
    COORDINATION = "coordination"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _LABELS[self]

    @property
    def national_code(self) -> int:
        """The number used between systems, 1 to 8."""
        return _NATIONAL[self]


_LABELS = {
    FilingState.SUBMITTED: Text("Mới nộp, chờ tiếp nhận", "Filed, waits to be accepted"),
    FilingState.SUPPLEMENT: Text("Chờ người nộp bổ sung", "Waits for papers"),
    FilingState.COORDINATION: Text("Chờ xác định nơi giải quyết", "Waits for its office"),
    FilingState.ACCEPTED: Text("Đã tiếp nhận", "Accepted"),
    FilingState.REJECTED: Text("Từ chối tiếp nhận", "Refused"),
    FilingState.LAPSED: Text("Hết hạn bổ sung", "Lapsed"),
    FilingState.WITHDRAWN: Text("Người nộp đã lấy lại", "Taken back"),
}
_NATIONAL = {
    FilingState.SUBMITTED: 1,
    FilingState.SUPPLEMENT: 5,
    FilingState.COORDINATION: 1,
    FilingState.ACCEPTED: 2,
    FilingState.REJECTED: 3,
    FilingState.LAPSED: 8,
    FilingState.WITHDRAWN: 7,
}
OPEN = frozenset({FilingState.SUBMITTED, FilingState.SUPPLEMENT, FilingState.COORDINATION})

_NUMBER = re.compile(r"YC-(?P<unit>[A-Z0-9]+(?:\.[A-Z0-9]+)*)-(?P<day>\d{6})-(?P<number>\d{4,7})")


class BadFilingNumber(Invalid):
    code = "bad_filing_number"
    vi = "Mã yêu cầu có dạng YC-H12.05-261117-0042, nhưng đã nhập “{found}”."
    en = "The number of a filing looks like YC-H12.05-261117-0042, but “{found}” was entered."


@dataclass(frozen=True, slots=True)
class FilingNumber:
    """`YC-{unit}-{yyMMdd}-{number of the day}`: never the shape of a dossier code."""

    unit: str
    day: str
    number: int

    @classmethod
    def make(cls, unit_identity: str, day: date, number: int) -> FilingNumber:
        return cls(unit_identity.upper(), f"{day:%y%m%d}", number)

    @classmethod
    def parse(cls, text: str) -> FilingNumber:
        """Read a number as typed or scanned.

        Raises:
            BadFilingNumber: If it has another shape.
        """
        match = _NUMBER.fullmatch("".join(text.split()).upper())
        if match is None:
            raise BadFilingNumber("the number of a filing", text[:60] or "—")
        return cls(match["unit"], match["day"], int(match["number"]))

    def __str__(self) -> str:
        return f"YC-{self.unit}-{self.day}-{self.number:04d}"


class FilingElsewhere(Refused):
    """It is not in the state that the act needs."""

    code = "filing_elsewhere"
    vi = "Hồ sơ {number} đang ở trạng thái “{status}”, nên không làm được việc này. Hãy tải lại trang."
    en = "Filing {number} is “{status_en}”, so this cannot be done. Reload the page."


class AskedBefore(Refused):
    """All gaps are named at once; a second request before acceptance is the coordinator's to allow."""

    code = "asked_before"
    vi = (
        "Hồ sơ {number} đã được yêu cầu bổ sung một lần trước khi tiếp nhận; mọi thiếu sót phải nêu trong "
        "một phiếu. Nếu vẫn cần, người điều phối Bộ phận Một cửa quyết định yêu cầu lần nữa."
    )
    en = (
        "Filing {number} was already asked for papers once; all gaps belong into one letter. "
        "If it must be, the coordinator of the one-stop shop decides to ask again."
    )


def check_state(number: str, state: FilingState, *wanted: FilingState) -> None:
    """Raise FilingElsewhere unless the filing is in one of these states."""
    if state not in wanted:
        raise FilingElsewhere(
            " or ".join(wanted),
            f"it is {state}",
            number=number,
            status=state.label.vi,
            status_en=state.label.en,
        )
