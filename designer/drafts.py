"""Drafts: a unit's own working copy of a procedure, until it is submitted.

A draft is opened from a revision, saved as often as one likes, and never loses anything: a save that
comes too late is refused and the drawing stays with the person who drew it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import func, select

from designer.history import keep_version
from designer.locks import LockedPart, check_locks
from designer.states import AUTHOR, DRAFT, IN_THE_MAKING, LABELS, PROVINCE_APPROVER
from engine.bpmn.xml import parse_xml
from engine.domain.access import check_holds
from engine.domain.procedures import Procedure
from engine.errors import Conflict, NotFound, Refused
from engine.store.rows import AuditRow, DefinitionRow, ProcedureRow, RevisionRow, UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record

# What comes with the published set and is not a unit's to change.
SET_KEYS = {
    "limit": ("thời hạn giải quyết", "the limit"),
    "fee": ("phí, lệ phí", "the fee"),
    "components": ("thành phần hồ sơ", "the papers of the dossier"),
    "legal": ("căn cứ pháp lý", "the legal basis"),
    "results": ("kết quả của thủ tục", "the results"),
    "levels": ("cấp thực hiện", "the levels"),
    "national_code": ("mã thủ tục", "the national code"),
    "forms": ("biểu mẫu", "the forms"),
    "decisions": ("bảng quyết định", "the decisions"),
}


class DraftExists(Refused):
    """A procedure has one revision in the making at a time."""

    code = "draft_exists"
    vi = "Thủ tục này đã có phiên bản {number} đang soạn ({state}, người soạn {author}). Hãy làm tiếp bản đó."
    en = "Version {number} of this procedure is in the making ({state_en}, by {author}). Go on with it."


class NotADraft(Refused):
    """Only a draft can be changed."""

    code = "not_a_draft"
    vi = (
        "Phiên bản {number} đang ở trạng thái “{state}” nên không sửa được nữa. "
        "Muốn sửa, hãy đề nghị người duyệt trả lại."
    )
    en = (
        "Version {number} is “{state_en}” and cannot be changed. "
        "To change it, ask the approver to send it back."
    )


class StaleDraft(Conflict):
    """Somebody saved this draft after this page was opened."""

    code = "stale_draft"
    vi = (
        "Chưa lưu: {who} đã lưu bản nháp này sau khi bạn mở trang. Bản vẽ của bạn vẫn còn ở đây: "
        "hãy tải về máy, mở bản mới nhất ở thẻ khác rồi đưa phần của bạn vào."
    )
    en = (
        "Not saved: {who} saved this draft after you opened the page. Your drawing is still here: "
        "download it, open the latest in another tab, and bring your part in."
    )


def open_draft(unit: Unit, procedure_id: int, from_revision_id: int) -> int:
    """Open a draft as a copy of a revision; return the draft's id.

    Raises:
        RoleMissing: If the actor does not write procedures for the unit that owns this one.
        DraftExists: If another revision is in the making.
        NotFound: If there is no such procedure or revision.
    """
    procedure = unit.session.get(ProcedureRow, procedure_id)
    source = unit.session.get(RevisionRow, from_revision_id)
    if procedure is None or source is None or source.procedure_id != procedure_id:
        raise NotFound("a revision of the procedure", "there is none", what="quy trình")
    check_author(unit, procedure)
    _check_none_open(unit, procedure_id)

    last = unit.session.scalar(
        select(func.max(RevisionRow.number)).where(RevisionRow.procedure_id == procedure_id)
    )
    draft = RevisionRow(
        procedure_id=procedure_id,
        number=(last or 0) + 1,
        state=DRAFT,
        definition_hash=source.definition_hash,
        content=dict(source.content),
        participants=dict(source.participants),
        based_on_id=source.id,
        author_id=unit.actor.user_id,
        created_at=unit.now,
        changed_at=unit.now,
    )
    unit.session.add(draft)
    unit.session.flush()
    keep_version(unit, draft, "opened")
    record(unit, f"revision:{draft.id}", "draft.opened", {"number": draft.number, "from": source.number})
    return draft.id


def save_draft(
    unit: Unit,
    revision_id: int,
    *,
    xml: bytes,
    content: dict[str, Any] | None = None,
    version: int,
    note: str = "",
    how: str = "saved",
) -> int:
    """Save the drawing, and the content if given; return the draft's new version.

    The save is kept in the draft's history; `how` is one of `designer.history.HOW`.

    A drawing may be saved with mistakes: the linter speaks beside it, and stops only publication.

    Raises:
        RoleMissing: If the actor may not write this procedure.
        NotADraft: If it has been submitted.
        StaleDraft: If somebody saved after `version`; nothing is changed.
        BadXml: If the drawing cannot be read.
        LockedPart: If a locked part is changed by someone other than the province.
        BadProcedure: If the content cannot be read.
    """
    draft = get_revision(unit, revision_id)
    check_author(unit, draft.procedure)
    if draft.state != DRAFT:
        raise NotADraft("a draft", f"it is {draft.state}", number=draft.number, **state_facts(draft.state))
    check_version(unit, draft, version)
    parse_xml(xml)
    if not may_change_locked(unit):
        _check_base_locks(unit, draft, xml, content)

    draft.definition_hash = store_definition(unit, xml)
    if content is not None:
        draft.content = Procedure.from_json(content).as_json()
    if note:
        draft.change_note = note
    draft.changed_at = unit.now
    unit.session.flush()
    keep_version(unit, draft, how, note)
    record(unit, f"revision:{draft.id}", "draft.saved", {"definition": draft.definition_hash, "how": how})
    return draft.version


def get_revision(unit: Unit, revision_id: int) -> RevisionRow:
    """Return a revision.

    Raises:
        NotFound: If there is none.
    """
    row = unit.session.get(RevisionRow, revision_id)
    if row is None:
        raise NotFound("a revision", f"there is none with id {revision_id}", what="phiên bản quy trình")
    return row


def store_definition(unit: Unit, xml: bytes) -> str:
    """Keep a drawing under its SHA-256; the same drawing is kept once."""
    key = hashlib.sha256(xml).hexdigest()
    if unit.session.get(DefinitionRow, key) is None:
        unit.session.add(DefinitionRow(hash=key, xml=xml, created_at=unit.now))
        unit.session.flush()
    return key


def check_author(unit: Unit, procedure: ProcedureRow) -> None:
    """Refuse whoever does not write procedures for the unit that owns this one."""
    owner = procedure.owner_unit_id
    place = unit.session.get(UnitRow, owner).name_vi if owner else procedure.name_vi
    check_holds(unit.actor, AUTHOR, owner, where=place)


def may_change_locked(unit: Unit) -> bool:
    """Say whether the actor speaks for the province, which alone may change locked parts."""
    return unit.actor.is_system or unit.actor.holds(PROVINCE_APPROVER) is not None


def check_version(unit: Unit, row: RevisionRow, version: int | None) -> None:
    """Refuse a command that was given while looking at an older version of the revision."""
    if version is None or version == row.version:
        return
    raise StaleDraft("the version seen to be the latest", f"it is {row.version}", who=_last_writer(unit, row))


def state_facts(state: str) -> dict[str, str]:
    """Return the words of a state, for sentences in both languages."""
    return {"state": LABELS[state].vi, "state_en": LABELS[state].en}


def _check_none_open(unit: Unit, procedure_id: int) -> None:
    found = unit.session.scalars(
        select(RevisionRow).where(
            RevisionRow.procedure_id == procedure_id, RevisionRow.state.in_(IN_THE_MAKING)
        )
    ).first()
    if found is not None:
        author = unit.session.get(UserRow, found.author_id) if found.author_id else None
        raise DraftExists(
            "no revision in the making",
            f"{found.number} is {found.state}",
            number=found.number,
            author=author.full_name if author else "—",
            revision_id=found.id,
            **state_facts(found.state),
        )


def _check_base_locks(unit: Unit, draft: RevisionRow, xml: bytes, content: dict[str, Any] | None) -> None:
    base = unit.session.get(RevisionRow, draft.based_on_id) if draft.based_on_id else None
    if base is None:
        return
    check_locks(base.definition.xml, xml, base.decision_no)
    if content is None or not draft.procedure.set_code:
        return
    for key, (vi, en) in SET_KEYS.items():
        if content.get(key) != base.content.get(key):
            raise LockedPart(
                f"{key} to stay",
                "the draft changes it",
                step=draft.procedure.name_vi,
                step_en=draft.procedure.name_en or draft.procedure.name_vi,
                change=f"đổi {vi}",
                change_en=f"change {en}",
                decision=f" ({base.decision_no})" if base.decision_no else "",
                element="",
                breaches=[],
            )


def _last_writer(unit: Unit, row: RevisionRow) -> str:
    lines = select(AuditRow.user_id).where(AuditRow.chain == f"revision:{row.id}")
    user_id = unit.session.scalars(lines.order_by(AuditRow.number.desc())).first()
    user = unit.session.get(UserRow, user_id) if user_id else None
    return user.full_name if user else "—"
