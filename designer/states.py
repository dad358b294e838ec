"""The life of one revision of a procedure, and who must not do what in it.

    DRAFT → UNIT_REVIEW → PENDING_PROVINCE_APPROVAL → APPROVED → PUBLISHED → SUPERSEDED
      ↑__________|__________________|____________________|          ↘ SUSPENDED, ABOLISHED
       sent back

A revision in one of the first four states is in the making; a procedure has at most one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.domain.texts import Text

DRAFT = "DRAFT"
UNIT_REVIEW = "UNIT_REVIEW"
PENDING = "PENDING_PROVINCE_APPROVAL"
APPROVED = "APPROVED"
PUBLISHED = "PUBLISHED"
SUPERSEDED = "SUPERSEDED"
SUSPENDED = "SUSPENDED"
ABOLISHED = "ABOLISHED"

IN_THE_MAKING = (DRAFT, UNIT_REVIEW, PENDING, APPROVED)
IN_REVIEW = (UNIT_REVIEW, PENDING, APPROVED)

AUTHOR = "PROC_AUTHOR"
UNIT_APPROVER = "PROC_APPROVER_UNIT"
PROVINCE_APPROVER = "PROC_APPROVER_PROV"

LABELS: Mapping[str, Text] = {
    DRAFT: Text("Bản nháp", "Draft"),
    UNIT_REVIEW: Text("Chờ lãnh đạo đơn vị duyệt", "Waiting for the unit’s approval"),
    PENDING: Text("Chờ tỉnh duyệt", "Waiting for the province’s approval"),
    APPROVED: Text("Đã duyệt, chờ ban hành", "Approved, not yet published"),
    PUBLISHED: Text("Đã ban hành", "Published"),
    SUPERSEDED: Text("Đã có phiên bản thay thế", "Superseded"),
    SUSPENDED: Text("Tạm dừng áp dụng", "Suspended"),
    ABOLISHED: Text("Đã bãi bỏ", "Abolished"),
}
TONES: Mapping[str, str] = {
    DRAFT: "",
    UNIT_REVIEW: "wait",
    PENDING: "wait",
    APPROVED: "soon",
    PUBLISHED: "ok",
    SUPERSEDED: "",
    SUSPENDED: "late",
    ABOLISHED: "late",
}
