"""A whole procedure from a package, taken into the draft of a procedure that is here already.

The import of a set makes drafts of its own; this is for an author who wants what a file holds in the draft
that is being written: drawing, forms, papers, money, decisions, letters and scenarios in one save, which the
draft's history can take back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bpmn_library.imports import UnknownChoice
from bpmn_library.installed import Office, offices
from bpmn_library.packages import Entry, Package
from designer import changes
from designer.changes import Change
from designer.drafts import check_author, get_revision, save_draft
from designer.presence import check_free
from designer.revisions import words_of
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError
from engine.store.rows import RevisionRow, RoleRow
from engine.store.work import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class BringPage:
    """What taking a package into a draft would change.

    Attributes:
        keys: Key and name of the procedures in the package; `key` is the one that is looked at.
        unread: Why the two could not be compared; empty if they were.
        needs: Agencies that the drawing asks and that no unit here stands for yet.
        strange_roles: Codes of roles that are not known here; the check will name their steps.
    """

    revision_id: int
    version: int
    number: int
    procedure_id: int
    here: str
    name: Text
    package: Text
    keys: tuple[tuple[str, Text], ...]
    key: str
    changes: tuple[Change, ...]
    unread: Text
    needs: tuple[tuple[str, Text], ...]
    offices: tuple[Office, ...]
    strange_roles: tuple[str, ...]


def look_at(unit: Unit, revision_id: int, package: Package, key: str = "") -> BringPage:
    """Return what would change.

    Raises:
        RoleMissing: If the actor does not write procedures for the unit that owns this one.
        NotFound: If there is no such revision, or no such procedure in the package.
    """
    row = get_revision(unit, revision_id)
    check_author(unit, row.procedure)
    entry = _entry(package, key, row)
    found, unread = _differences(unit, row, entry)
    needs = _needs(package, entry, row)
    known = set(unit.session.scalars(select(RoleRow.code)))
    return BringPage(
        revision_id=row.id,
        version=row.version,
        number=row.number,
        procedure_id=row.procedure_id,
        here=row.procedure.key,
        name=Procedure.from_json(row.content).name,
        package=package.manifest.name,
        keys=tuple((one.key, one.procedure.name) for one in package),
        key=entry.key,
        changes=found,
        unread=unread,
        needs=needs,
        offices=tuple(offices(unit)) if needs else (),
        strange_roles=tuple(sorted(entry.roles - known)),
    )


def bring(
    unit: Unit, revision_id: int, package: Package, key: str, *, version: int, units: Mapping[str, str]
) -> int:
    """Save what the package holds as the draft; return its new version. The draft keeps its own key.

    Args:
        units: Code of the unit here by participant, for those that had none.

    Raises:
        RoleMissing, NotADraft, StaleDraft, LockedPart: As for a save of the drawing.
        UnknownChoice: If a chosen unit does not exist.
    """
    row = get_revision(unit, revision_id)
    check_author(unit, row.procedure)
    check_free(unit, revision_id)
    entry = _entry(package, key, row)
    wanted = {code for code, _ in _needs(package, entry, row)}
    chosen = {code: local for code, local in units.items() if code in wanted and local}
    known = {one.code for one in offices(unit)}
    for local in chosen.values():
        if local not in known:
            raise UnknownChoice("a unit", "there is none", what="đơn vị", what_en="unit", chosen=local[:60])
    saved = save_draft(
        unit, revision_id, xml=entry.xml, content=_content(entry, row), version=version, how="package"
    )
    if chosen:
        row.participants = {**row.participants, **chosen}
        unit.session.flush()
        saved = row.version
    return saved


def _content(entry: Entry, row: RevisionRow) -> dict[str, Any]:
    return {**entry.content, "key": row.procedure.key}


def _entry(package: Package, key: str, row: RevisionRow) -> Entry:
    wanted = key or (
        row.procedure.key if row.procedure.key in package.entries else next(iter(package.entries))
    )
    found = package.entries.get(wanted)
    if found is None:
        raise NotFound("a procedure in the package", f"{wanted[:60]!r} is none", what="thủ tục trong gói")
    return found


def _needs(package: Package, entry: Entry, row: RevisionRow) -> tuple[tuple[str, Text], ...]:
    names = {one.code: one.name for one in package.manifest.participants}
    return tuple(
        (code, names.get(code, Text(code))) for code in entry.participants if not row.participants.get(code)
    )


def _differences(unit: Unit, row: RevisionRow, entry: Entry) -> tuple[tuple[Change, ...], Text]:
    words = words_of(unit, entry.procedure)
    try:
        found = changes.compare(row.definition.xml, entry.xml, words)
    except ProcedureError as refused:
        return (), Text(refused.say("vi"), refused.say("en"))
    return (*found, *changes.compare_content(row.content, _content(entry, row))), Text("")
