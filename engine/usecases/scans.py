"""Papers from the scanner of the clerk's own desk: a folder named by the chair, below the one set for all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from engine.domain.access import check_holds
from engine.store.rows import AssignmentRow, PositionRow
from engine.store.scans import Scan, list_scans, open_scan, put_aside
from engine.store.work import Unit
from engine.usecases.attachments import NewFile
from engine.usecases.reception import COUNTER


def desk_folder(unit: Unit, receiving_unit_id: int) -> Path | None:
    """Return the scanner's folder of the actor's chair at this counter; None if none is set up."""
    if unit.engine.scans is None:
        return None
    assignment = check_holds(unit.actor, COUNTER, receiving_unit_id)
    if assignment is None:
        return None
    code = unit.session.scalar(
        select(PositionRow.code)
        .join(AssignmentRow, AssignmentRow.position_id == PositionRow.id)
        .where(AssignmentRow.id == assignment.id)
    )
    if not code or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", code):
        return None
    return unit.engine.scans / code


def waiting_scans(unit: Unit, receiving_unit_id: int) -> list[Scan]:
    """Return what lies in the folder of this desk, the newest first."""
    folder = desk_folder(unit, receiving_unit_id)
    return list_scans(folder) if folder else []


def open_scans(
    unit: Unit, receiving_unit_id: int, wanted: Iterable[tuple[str, str]], opened: ExitStack
) -> list[NewFile]:
    """Open scans by (file name, component code); `opened` closes them.

    Raises:
        ScanGone: If one does not lie there any more.
    """
    folder = desk_folder(unit, receiving_unit_id)
    return [
        NewFile(
            component_code=code,
            file_name=name,
            content_type="",
            stream=opened.enter_context(open_scan(folder or Path("/nowhere"), name)),
        )
        for name, code in wanted
    ]


def put_scans_aside(unit: Unit, receiving_unit_id: int, names: Iterable[str]) -> None:
    """Move scans out of the way whose dossier has been kept; call it after the commit."""
    folder = desk_folder(unit, receiving_unit_id)
    for name in names:
        if folder:
            put_aside(folder, name)
