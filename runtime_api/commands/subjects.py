"""What a command works on: the procedure in a folder, or of a diagram with what stands beside it."""

from __future__ import annotations

from pathlib import Path

from bpmn_library.packages import Entry, read_procedure
from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Limit, Procedure
from engine.domain.texts import Text


def procedure_at(path: Path) -> Entry:
    """Return the procedure of a folder or of a diagram."""
    return read_procedure(path) if path.is_dir() else procedure_beside(path)


def procedure_beside(diagram: Path) -> Entry:
    """Return the procedure of a diagram; a bare one has no forms, no law and a limit of one day."""
    if (diagram.parent / "procedure.json").is_file() and diagram.name == "process.bpmn":
        return read_procedure(diagram.parent)
    xml = diagram.read_bytes()
    definition = load_definition(xml)
    scope = definition.model.scopes.get(definition.process_id)
    name = Text((scope.name if scope else "") or diagram.stem)
    procedure = Procedure(key=diagram.stem, name=name, limit=Limit(kind="working_day", value=1))
    return Entry(diagram.stem, procedure, xml)
