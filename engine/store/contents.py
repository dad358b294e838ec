"""Contents of revisions as procedures, read once per process: they never change once written."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database
from sqlalchemy import select

from engine.domain.procedures import Procedure
from engine.store.rows import RevisionRow
from engine.store.steps import Revision
from engine.store.work import Unit

KEPT = 256  # contents in memory; a province has about 2,000 procedures, a day uses a few


def kept_procedure(unit: Unit, revision: RevisionRow | Revision) -> Procedure:
    """Return the procedure of a dossier's revision; the content is fetched and read once per process.

    A revision that has dossiers is published, and its content stays as it is; `version` tells if it did not.
    """
    kept = _procedures.setdefault(unit.engine.database, {})
    key = (revision.id, revision.version)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        content = select(RevisionRow.content).where(RevisionRow.id == revision.id)
        kept[key] = read_procedure(unit.session.execute(content).scalar_one())
    return kept[key]


def read_procedure(content: dict[str, Any]) -> Procedure:
    """Read a content once and keep it by what it says."""
    return _read(json.dumps(content, ensure_ascii=False, sort_keys=True))


_procedures: WeakKeyDictionary[Database, dict[tuple[int, int], Procedure]] = WeakKeyDictionary()


@lru_cache(maxsize=KEPT)
def _read(text: str) -> Procedure:
    return Procedure.from_json(json.loads(text))
