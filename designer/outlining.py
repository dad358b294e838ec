"""An act of the outline on a stored draft: read, change, save, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from designer.checks import check_diagram
from designer.drafts import get_revision, save_draft
from designer.mending import mend
from designer.presence import check_free, enter_outline
from designer.sheet import Sheet
from engine.bpmn.drawn import laid_out
from engine.domain.procedures import Procedure
from engine.store.work import Unit

Change = Callable[[Sheet], str]


def change_draft(unit: Unit, revision_id: int, version: int, change: Change) -> str:
    """Carry out one act on a draft's drawing; return the id of the part to look at next.

    Raises:
        NoSuchPart, CannotDraw: If the act does not fit the drawing.
        DraftHeld: If somebody else has the draft open.
        StaleDraft: If somebody saved after `version`; nothing is changed.
        RoleMissing, NotADraft, LockedPart: As for any save.
    """
    draft = get_revision(unit, revision_id)
    sheet = Sheet(draft.definition.xml)
    focus = change(sheet)
    check_free(unit, revision_id)
    enter_outline(unit, revision_id)
    save_draft(unit, revision_id, xml=sheet.xml(), version=version, how="outline")
    return focus


def arrange_draft(unit: Unit, revision_id: int, version: int) -> None:
    """Draw the whole picture of a draft anew, in columns and rows."""
    draft = get_revision(unit, revision_id)
    check_free(unit, revision_id)
    enter_outline(unit, revision_id)
    save_draft(unit, revision_id, xml=laid_out(draft.definition.xml), version=version, how="outline")


def mend_draft(unit: Unit, revision_id: int, version: int, key: str, answer: str = "") -> None:
    """Make one repair on a draft's drawing.

    Raises:
        NoSuchRepair: If it does not apply to the drawing as it is now.
    """
    draft = get_revision(unit, revision_id)
    xml = draft.definition.xml
    findings = list(check_diagram(unit, draft, xml).own)
    mended = mend(xml, key, findings, Procedure.from_json(draft.content), answer)
    check_free(unit, revision_id)
    enter_outline(unit, revision_id)
    save_draft(unit, revision_id, xml=mended, version=version, how="repair")
