"""The kinds of steps as the editor offers them: a first name, and who usually does it where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.steps import KINDS
from engine.domain.texts import Text

# kind → name of a new step, usual role, usual unit
OFFERED: Mapping[str, tuple[Text, str, str]] = {
    "receive": (Text("Tiếp nhận hồ sơ", "Receive the dossier"), "RECEPTION", "receiving"),
    "assign": (Text("Phân công thụ lý", "Assign the dossier"), "HEAD", "competent"),
    "check": (Text("Kiểm tra hồ sơ", "Check the dossier"), "SPECIALIST", "competent"),
    "appraise": (Text("Thẩm định hồ sơ", "Appraise the dossier"), "SPECIALIST", "competent"),
    "opinion": (Text("Lấy ý kiến cơ quan khác", "Ask another agency"), "OPINION", ""),
    "site_check": (Text("Kiểm tra thực địa", "Check on site"), "SPECIALIST", "competent"),
    "draft": (Text("Dự thảo kết quả", "Draft the result"), "SPECIALIST", "competent"),
    "review": (Text("Xem xét, trình ký", "Review for signature"), "HEAD", "competent"),
    "sign": (Text("Ký duyệt", "Sign"), "SIGNATORY", "competent"),
    "number_seal": (Text("Vào số, đóng dấu", "Number and seal"), "CLERK", "competent"),
    "collect_fee": (Text("Thu phí, lệ phí", "Collect the fee"), "TREASURER", "receiving"),
    "wait_citizen": (
        Text("Chờ công dân bổ sung", "Wait for the citizen’s supplement"),
        "RECEPTION",
        "receiving",
    ),
    "return_result": (Text("Trả kết quả", "Hand back the result"), "RETURN_DESK", "receiving"),
}


def offered_kinds(roles: Mapping[str, Text], language: str) -> list[dict[str, Any]]:
    """Return the kinds for the editor, in the order of a usual procedure."""
    return [
        {
            "code": code,
            "name": name.as_json(),
            "role": role,
            "roleName": roles[role].say(language) if role in roles else "",
            "unit": unit,
        }
        for code, (name, role, unit) in OFFERED.items()
        if code in KINDS
    ]
