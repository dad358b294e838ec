"""Past imports, as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.rows import ProcedureRow, RevisionRow, SetImportRow, UserRow
from engine.store.work import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLine:
    """One procedure of an import: the revision it became, or why it was left alone."""

    key: str
    name: Text
    status: str = ""
    revision_id: int | None = None
    number: int | None = None
    reason: Text = Text("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    set_code: str
    version: str
    sha256: str
    at: datetime
    by: str
    lines: tuple[ImportedLine, ...]
    roles_added: tuple[str, ...]


def get_import(unit: Unit, import_id: int) -> ImportPage:
    """Return one import with what became of each procedure.

    Raises:
        NotFound: If there is no such import.
    """
    row = unit.session.get(SetImportRow, import_id)
    if row is None:
        raise NotFound("an import", f"there is none with id {import_id}", what="lần nhập bộ thủ tục")
    names = _names(unit, [*row.result.get("installed", {}), *row.result.get("skipped", {})])
    user = unit.session.get(UserRow, row.imported_by) if row.imported_by else None
    installed = [
        ImportedLine(
            key=key,
            name=names.get(key, Text(key)),
            status=one.get("status", ""),
            revision_id=one["revision_id"],
            number=_number(unit, one["revision_id"]),
        )
        for key, one in row.result.get("installed", {}).items()
    ]
    skipped = [
        ImportedLine(key=key, name=names.get(key, Text(key)), reason=Text.of(reason))
        for key, reason in row.result.get("skipped", {}).items()
    ]
    return ImportPage(
        set_code=row.set_code,
        version=row.set_version,
        sha256=row.sha256,
        at=row.imported_at,
        by=user.full_name if user else "",
        lines=(*installed, *skipped),
        roles_added=tuple(row.result.get("roles_added", ())),
    )


def _names(unit: Unit, keys: list[str]) -> dict[str, Text]:
    rows = unit.session.execute(
        select(ProcedureRow.key, ProcedureRow.name_vi, ProcedureRow.name_en).where(ProcedureRow.key.in_(keys))
    )
    return {key: Text(vi, en) for key, vi, en in rows}


def _number(unit: Unit, revision_id: int) -> int | None:
    row = unit.session.get(RevisionRow, revision_id)
    return row.number if row else None
