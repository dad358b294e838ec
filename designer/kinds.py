"""The kinds of steps as the designer offers them: a first name, who usually does it, how long, its button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.steps import KINDS
from engine.domain.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a new step of one kind begins with; everything can be changed.

    Attributes:
        hours: Usual working hours, as written; empty where the time is not the office's.
        button: Its one button; a step that decides gets more when a branch is drawn behind it.
        result, register: Of the step that settles the dossier and takes its number.
    """

    name: Text
    role: str
    unit: str
    hours: str
    button: Text
    public: Text
    own_clock: bool = False
    result: str = ""
    register: str = ""


OFFERED: Mapping[str, Offer] = {
    "receive": Offer(
        name=Text("Tiếp nhận hồ sơ", "Receive the dossier"),
        role="RECEPTION",
        unit="receiving",
        hours="2",
        button=Text("Tiếp nhận", "Accept"),
        public=Text("Hồ sơ đã được tiếp nhận.", "The dossier has been received."),
    ),
    "assign": Offer(
        name=Text("Phân công thụ lý", "Assign the dossier"),
        role="HEAD",
        unit="competent",
        hours="2",
        button=Text("Phân công", "Assign"),
        public=Text("Hồ sơ đang được phân công giải quyết.", "The dossier is being assigned."),
    ),
    "check": Offer(
        name=Text("Kiểm tra hồ sơ", "Check the dossier"),
        role="SPECIALIST",
        unit="competent",
        hours="4",
        button=Text("Đạt", "In order"),
        public=Text("Hồ sơ đang được kiểm tra.", "The dossier is being checked."),
    ),
    "appraise": Offer(
        name=Text("Thẩm định hồ sơ", "Appraise the dossier"),
        role="SPECIALIST",
        unit="competent",
        hours="16",
        button=Text("Đạt yêu cầu", "Meets the requirements"),
        public=Text("Hồ sơ đang được thẩm định.", "The dossier is being appraised."),
    ),
    "opinion": Offer(
        name=Text("Lấy ý kiến cơ quan khác", "Ask another agency"),
        role="OPINION",
        unit="",
        hours="24",
        button=Text("Gửi ý kiến", "Give the opinion"),
        public=Text("Đang lấy ý kiến cơ quan liên quan.", "Another agency is being asked."),
    ),
    "site_check": Offer(
        name=Text("Kiểm tra thực địa", "Check on site"),
        role="SPECIALIST",
        unit="competent",
        hours="8",
        button=Text("Đã kiểm tra", "Checked"),
        public=Text("Đang kiểm tra thực địa.", "The site is being checked."),
    ),
    "draft": Offer(
        name=Text("Dự thảo kết quả", "Draft the result"),
        role="SPECIALIST",
        unit="competent",
        hours="8",
        button=Text("Trình dự thảo", "Submit the draft"),
        public=Text("Đang dự thảo kết quả.", "The result is being drafted."),
    ),
    "review": Offer(
        name=Text("Xem xét, trình ký", "Review for signature"),
        role="HEAD",
        unit="competent",
        hours="4",
        button=Text("Trình ký", "Submit for signature"),
        public=Text("Lãnh đạo phòng đang xem xét.", "The head of the division is reviewing."),
    ),
    "sign": Offer(
        name=Text("Ký duyệt", "Sign"),
        role="SIGNATORY",
        unit="competent",
        hours="4",
        button=Text("Ký", "Sign"),
        public=Text("Lãnh đạo đang xem xét, ký.", "The leader is considering and signing."),
    ),
    "number_seal": Offer(
        name=Text("Vào số, đóng dấu", "Number and seal"),
        role="CLERK",
        unit="competent",
        hours="2",
        button=Text("Đã vào số, đóng dấu", "Numbered and sealed"),
        public=Text("Kết quả đang được vào số, đóng dấu.", "The result is being numbered and sealed."),
        result="granted",
        register="register",
    ),
    "collect_fee": Offer(
        name=Text("Thu phí, lệ phí", "Collect the fee"),
        role="TREASURER",
        unit="receiving",
        hours="1",
        button=Text("Đã thu", "Collected"),
        public=Text("Chờ nộp phí, lệ phí.", "Waiting for the fee to be paid."),
    ),
    "wait_citizen": Offer(
        name=Text("Chờ công dân bổ sung", "Wait for the citizen’s supplement"),
        role="RECEPTION",
        unit="receiving",
        hours="",
        button=Text("Đã nhận bổ sung", "Supplement received"),
        public=Text("Chờ bạn bổ sung hồ sơ.", "Waiting for you to complete the dossier."),
        own_clock=True,
    ),
    "return_result": Offer(
        name=Text("Trả kết quả", "Hand back the result"),
        role="RETURN_DESK",
        unit="receiving",
        hours="1",
        button=Text("Đã trả", "Handed back"),
        public=Text("Đã có kết quả, mời bạn đến nhận.", "The result is ready to be collected."),
    ),
}


def offered_kinds(roles: Mapping[str, Text], language: str) -> list[dict[str, Any]]:
    """Return the kinds for the editor, in the order of a usual procedure."""
    return [
        {
            "code": code,
            "name": one.name.as_json(),
            "role": one.role,
            "roleName": roles[one.role].say(language) if one.role in roles else "",
            "unit": one.unit,
            "hours": one.hours,
            "button": one.button.as_json(),
            "public": one.public.as_json(),
            "ownClock": one.own_clock,
            "result": one.result,
            "register": one.register,
        }
        for code, one in OFFERED.items()
        if code in KINDS
    ]
