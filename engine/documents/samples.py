"""Facts that are nobody's: what a template is tried with before a real dossier has a paper of its form.

`letter` has what the form must have and nothing that it may have, so a template that uses more without
`|default` is found out when it is added and not when a clerk needs the letter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.documents.catalogue import PaperForm
from engine.documents.facts import local_year, plain

GAP = {"name": "Bản vẽ thiết kế", "wrong": "thiếu mặt cắt móng", "bring": "02 bộ"}
HAND_OVER = {
    "from_unit": "Bộ phận Một cửa", "from_person": "Lê Thị Mẫu", "to_unit": "Phòng Chuyên môn",
    "to_person": "Trần Văn Thử", "step": "Thẩm định", "result": "Đúng hạn", "note": "",
}  # fmt: skip


def sample_letter(form: PaperForm, now: datetime) -> dict[str, Any]:
    """Return what a paper of this form must say of its own."""
    lists: dict[str, list[Any]] = {
        "gaps": [GAP],
        "lines": [HAND_OVER | {"at": now}] if form.code == "06" else [],
        "cooperating": ["Công an tỉnh"],
        "shares": [{"unit": "Phòng Chuyên môn", "percent": 100}],
        "legal": [{"document": "Luật Xây dựng", "article": "Điều 93"}],
        "sections": [{"title": "Nội dung", "lines": [{"label": "Kết quả", "value": "Đồng ý"}]}],
    }
    values = {"list": None, "moment": now, "day": now.date(), "text": "(nội dung thử)"}
    letter = {name: lists.get(name, values[kind]) for name, kind in form.letter.items()}
    return letter | ({"refused": False, "values": {}} if form.code == "result" else {})


def sample_facts(form: PaperForm, office: dict[str, str], now: datetime) -> dict[str, Any]:
    """Return all facts of a paper about a dossier that does not exist."""
    due = now + timedelta(days=14)
    return plain(
        {
            "office": office,
            "dossier": {
                "code": "H12.01-260102-0001", "procedure": "Thủ tục thử", "procedure_code": "1.000001",
                "received_unit": "Bộ phận Một cửa", "competent_unit": office["name"],
                "received_by": "Lê Thị Mẫu", "accepted_at": now, "promised_due": due, "current_due": due,
                "limit": "10 ngày làm việc", "sets": 1, "fee": 75_000, "payment": "paid",
                "return_place": "Bộ phận Một cửa",
                "components": [{"name": "Đơn đề nghị", "copies": 1, "kind": "Bản chính", "note": ""}],
            },
            "applicant": {
                "name": "Nguyễn Văn Thử", "kind": 0, "id_no": "096000000000", "phone": "0290 000 000",
                "email": "thu@example.vn", "address": "Khóm 1, phường Tân Thành, tỉnh Cà Mau",
            },
            "signer": {"name": "Phạm Thị Ký", "lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "signed_at": now},
            "issued": {
                "number_text": f"07/{form.suffix}", "suffix": form.suffix, "at": now,
                "year": local_year(now), "lookup": "example.vn/lookup", "lookup_link": "example.vn/lookup",
            },
            "letter": sample_letter(form, now),
        }
    )  # fmt: skip
