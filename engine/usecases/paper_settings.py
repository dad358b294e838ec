"""What IT staff set up for papers: newer templates with their day, and whose signing key is whose."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from engine.documents.catalogue import HTML, form_of, hash_of
from engine.documents.language import check_template
from engine.domain.calendar import local_day
from engine.errors import Conflict, Invalid, NotFound
from engine.store.document_rows import SigningKeyRow, TemplateRow
from engine.store.rows import UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record

KINDS = ("soft", "pkcs11")
LONGEST_LABEL = 80


class TemplateKnown(Conflict):
    """The very same text is a template already."""

    code = "template_known"
    vi = "Mẫu có đúng nội dung này đã được lưu rồi; không có gì thay đổi."
    en = "A template with exactly this content is already kept; nothing changed."


class TemplateTooEarly(Invalid):
    """A template may not change what holds already: papers of past days stay as they were."""

    code = "template_too_early"
    vi = "Mẫu mới phải có hiệu lực từ hôm nay ({today}) trở đi."
    en = "A new template holds from today ({today}) on, not earlier."


class BadKey(Invalid):
    code = "bad_signing_key"
    vi = "Hãy chọn một người hoặc một đơn vị, loại khóa, và tên khóa từ 1 đến {most} ký tự."
    en = "Name one person or one office, the kind of key, and its label of 1 to {most} characters."


def add_template(
    unit: Unit,
    *,
    form_code: str,
    content: str,
    version_name: str,
    effective_from: date,
    unit_code: str = "",
    source: str = "",
) -> str:
    """Keep a newer version of a form from a day on; return its hash.

    Raises:
        TemplateRefused: If it is no template of the language; the line is named.
        NoTemplate: If there is no such form. TemplateKnown, TemplateTooEarly, NotFound.
    """
    form_of(form_code)
    check_template(content)
    today = local_day(unit.now)
    if effective_from < today:
        raise TemplateTooEarly("a day to come", f"{effective_from}", today=f"{today:%d/%m/%Y}")
    hash_ = hash_of(form_code, HTML, content)
    if unit.session.get(TemplateRow, hash_) is not None:
        raise TemplateKnown("a new text", "it is known")
    unit.session.add(
        TemplateRow(
            hash=hash_,
            form_code=form_code,
            unit_id=_office(unit, unit_code).id if unit_code else None,
            version_name=version_name.strip()[:60],
            kind=HTML,
            content=content,
            effective_from=effective_from,
            source=source.strip()[:2000],
            note="",
            shipped=False,
            added_at=unit.now,
            added_by=unit.actor.user_id,
        )
    )
    record(unit, f"template:{form_code}"[:60], "template.added", {"hash": hash_, "from": effective_from})
    return hash_


def assign_key(unit: Unit, *, kind: str, label: str, login: str = "", unit_code: str = "") -> None:
    """Say whose key a key is; a former key of the same person or office ends.

    Raises:
        BadKey: If it is not for exactly one person or office. NotFound, Conflict.
    """
    label = label.strip()
    if kind not in KINDS or not 0 < len(label) <= LONGEST_LABEL or bool(login) == bool(unit_code):
        raise BadKey("one owner, a kind and a label", f"{kind!r}", most=LONGEST_LABEL)
    user_id = _person(unit, login).id if login else None
    unit_id = _office(unit, unit_code).id if unit_code else None
    whose = SigningKeyRow.user_id == user_id if login else SigningKeyRow.unit_id == unit_id
    unit.session.execute(
        update(SigningKeyRow).where(whose, SigningKeyRow.ended_at.is_(None)).values(ended_at=unit.now)
    )
    known = unit.session.scalars(
        select(SigningKeyRow).where(SigningKeyRow.kind == kind, SigningKeyRow.label == label)
    ).one_or_none()
    if known is None:
        known = SigningKeyRow(kind=kind, label=label, added_at=unit.now)
        unit.session.add(known)
    known.user_id, known.unit_id, known.ended_at = user_id, unit_id, None
    owner = f"account:{user_id}" if login else f"unit:{unit_id}"
    record(unit, owner, "signing_key.assigned", {"kind": kind, "label": label})


def end_key(unit: Unit, key_id: int, reason: str) -> None:
    """Let a key no longer sign here, e.g. because its token was lost."""
    row = unit.session.get(SigningKeyRow, key_id)
    if row is None:
        raise NotFound("the key to exist", "there is none", what="khóa ký")
    row.ended_at = unit.now
    owner = f"account:{row.user_id}" if row.user_id else f"unit:{row.unit_id}"
    record(unit, owner, "signing_key.ended", {"label": row.label, "reason": reason[:2000]})


def _person(unit: Unit, login: str) -> UserRow:
    row = unit.session.scalars(select(UserRow).where(UserRow.login == login.strip())).one_or_none()
    if row is None:
        raise NotFound("the account to exist", "there is none", what=f"tài khoản {login[:60]}")
    return row


def _office(unit: Unit, code: str) -> UnitRow:
    row = unit.session.scalars(select(UnitRow).where(UnitRow.code == code.strip())).one_or_none()
    if row is None:
        raise NotFound("the unit to exist", "there is none", what=f"đơn vị {code[:60]}")
    return row
