"""What this installation has of a set: procedures, their latest revision, and whether it was changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from bpmn_library.packages import content_hash
from designer.states import DRAFT, IN_THE_MAKING
from engine.domain.calendar import local_day
from engine.store.rows import (
    AssignmentRow,
    PositionRow,
    ProcedureRow,
    RevisionRow,
    RoleRow,
    SetImportRow,
    UnitRow,
    UserRow,
)
from engine.store.work import Unit


@dataclass(frozen=True, kw_only=True)
class Local:
    """One procedure as it stands here.

    Attributes:
        latest: The newest revision, whatever its state; None when there is none.
        imported: The newest revision that came from a set.
        is_changed: The latest differs from what was imported, or nothing was: it is this office's own work.
        author: Who wrote the latest, for sentences.
    """

    procedure: ProcedureRow | None = None
    latest: RevisionRow | None = None
    imported: RevisionRow | None = None
    is_changed: bool = False
    author: str = ""

    @property
    def is_in_the_making(self) -> bool:
        return self.latest is not None and self.latest.state in IN_THE_MAKING

    @property
    def untouched_draft(self) -> RevisionRow | None:
        """The draft that an import left and nobody has worked on: the next import may write over it."""
        if self.latest is None or self.is_changed or self.latest.state != DRAFT:
            return None
        return self.latest if self.latest is self.imported else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An open unit, and the roles that people hold in it today."""

    code: str
    name: str
    kind: str
    roles: frozenset[str]


def find_local(unit: Unit, set_code: str, key: str) -> Local:
    """Return what stands here under a procedure's key."""
    procedure = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == key)).one_or_none()
    if procedure is None:
        return Local()
    revisions = unit.session.scalars(
        select(RevisionRow)
        .where(RevisionRow.procedure_id == procedure.id)
        .order_by(RevisionRow.number.desc())
    ).all()
    if not revisions:
        return Local(procedure=procedure)
    latest = revisions[0]
    imported = next((one for one in revisions if one.source_hash), None)
    known = _installed_hash(unit, set_code, key, imported)
    return Local(
        procedure=procedure,
        latest=latest,
        imported=imported,
        is_changed=known != content_hash(latest.content, latest.definition_hash),
        author=_name_of(unit, latest.author_id),
    )


def offices(unit: Unit) -> list[Office]:
    """Return the units open today with the roles held in them, by name."""
    today = local_day(unit.now)
    held: dict[int, set[str]] = {}
    chairs = unit.session.execute(
        select(PositionRow.unit_id, PositionRow.roles)
        .join(AssignmentRow, AssignmentRow.position_id == PositionRow.id)
        .join(UserRow, AssignmentRow.user_id == UserRow.id)
        .where(
            UserRow.is_active,
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        )
    )
    for unit_id, roles in chairs:
        held.setdefault(unit_id, set()).update(roles)
    rows = unit.session.execute(
        select(UnitRow.id, UnitRow.code, UnitRow.name_vi, UnitRow.kind)
        .where(
            UnitRow.effective_from <= today,
            or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= today),
        )
        .order_by(UnitRow.name_vi)
    )
    return [
        Office(code=code, name=name, kind=kind, roles=frozenset(held.get(unit_id, ())))
        for unit_id, code, name, kind in rows
    ]


def owner_codes(unit: Unit, keys: Iterable[str]) -> dict[str, str]:
    """Return the units that may revise these procedures: key → unit code."""
    rows = unit.session.execute(
        select(ProcedureRow.key, UnitRow.code)
        .join(UnitRow, ProcedureRow.owner_unit_id == UnitRow.id)
        .where(ProcedureRow.key.in_(list(keys)))
    )
    return dict(rows.all())


def role_names(unit: Unit) -> dict[str, tuple[str, str]]:
    """Return the roles known here: code → Vietnamese and English name."""
    rows = unit.session.execute(select(RoleRow.code, RoleRow.name_vi, RoleRow.name_en).order_by(RoleRow.code))
    return {code: (vi, en) for code, vi, en in rows}


def last_imports(unit: Unit, codes: Iterable[str] | None = None) -> dict[str, SetImportRow]:
    """Return the last import of every set (of `codes`, if given)."""
    statement = select(SetImportRow).order_by(SetImportRow.id)
    if codes is not None:
        statement = statement.where(SetImportRow.set_code.in_(list(codes)))
    return {row.set_code: row for row in unit.session.scalars(statement)}


def _installed_hash(unit: Unit, set_code: str, key: str, imported: RevisionRow | None) -> str:
    """Return the hash of what the last import really wrote; roles may have been renamed on the way in."""
    if imported is None:
        return ""
    results = unit.session.scalars(
        select(SetImportRow.result).where(SetImportRow.set_code == set_code).order_by(SetImportRow.id.desc())
    )
    for result in results:
        found = _installed(result, key)
        if found and found.get("revision_id") == imported.id:
            return str(found.get("hash", ""))
    return ""


def _installed(result: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return result.get("installed", {}).get(key)


def _name_of(unit: Unit, user_id: int | None) -> str:
    row = unit.session.get(UserRow, user_id) if user_id else None
    return row.full_name if row else ""
