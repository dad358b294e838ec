"""One procedure as a package: what a revision holds, ready for the import of another installation."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from bpmn_library.manifests import FORMAT
from bpmn_library.packages import MANIFEST, OWN_UNITS, pack
from designer.drafts import get_revision
from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.store.rows import RevisionRow, RoleRow
from engine.store.work import Unit


def export_procedure(unit: Unit, revision_id: int) -> tuple[str, bytes]:
    """Return the name of the file and the zip of one revision.

    Raises:
        NotFound: If there is no such revision.
        BadDiagram, BadExtension: If its drawing cannot run yet; such a package could not be imported.
    """
    row = get_revision(unit, revision_id)
    procedure = Procedure.from_json(row.content)
    content = procedure.as_json()
    forms, scenarios, decisions = (
        content.pop(key, None) or {} for key in ("forms", "scenarios", "decisions")
    )
    key = procedure.key
    files = {
        MANIFEST: _json(_manifest(unit, row, procedure)),
        f"{key}/procedure.json": _json(content),
        f"{key}/process.bpmn": row.definition.xml,
        **{f"{key}/forms/{name}.json": _json(form) for name, form in forms.items()},
        **{f"{key}/scenarios/{one['id']}.json": _json(one) for one in scenarios},
        **{f"{key}/decisions/{name}.dmn": text.encode() for name, text in decisions.items()},
    }
    return f"{key}-{row.number}.zip", pack(files)


def _manifest(unit: Unit, row: RevisionRow, procedure: Procedure) -> dict[str, Any]:
    steps = load_definition(row.definition.xml).steps.values()
    wanted = {one.role for one in steps if one.role}
    names = unit.session.execute(
        select(RoleRow.code, RoleRow.name_vi, RoleRow.name_en).order_by(RoleRow.code)
    )
    asked = {
        one.unit for one in steps if one.unit and one.unit not in OWN_UNITS and not one.unit.startswith("=")
    }
    return {
        "format": FORMAT,
        "code": f"{procedure.key.lower()}-{row.number}",
        "version": f"{row.number}.0.0",
        "name": procedure.name.as_json(),
        "issuer": {"vi": "Xuất từ hệ thống Một cửa", "en": "Exported from Một Cửa"},
        "decision": {
            "number": row.decision_no,
            "date": row.decision_date.isoformat() if row.decision_date else None,
            "source": "",
            "verified": False,
        },
        "procedures": [procedure.key],
        "roles": [
            {"code": code, "name": {"vi": vi, "en": en} if en else {"vi": vi}}
            for code, vi, en in names
            if code in wanted
        ],
        "participants": [
            {
                **one.as_json(),
                "roles": sorted({step.role for step in steps if step.unit == one.code and step.role}),
            }
            for one in procedure.participants
            if one.code in asked
        ],
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
