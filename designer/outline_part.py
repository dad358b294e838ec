"""What the page of one part needs beyond its row: what its events may be, conditions, what can be named."""

from __future__ import annotations

from typing import Any

from designer import condition_form
from designer.decision_grids import decisions_of
from designer.drafts import get_revision
from designer.repeats import KINDS as REPEATS
from designer.rows import Row
from designer.sheet import Sheet
from designer.triggers import ERROR, ESCALATION, KINDS, NAMED, WAITING, Wait, offered
from engine.domain.procedures import Procedure
from engine.store.work import Unit

ATTACHED = (*WAITING, ERROR, ESCALATION)
UNITS = {"PT{}H": "h", "P{}D": "d"}


def part_facts(unit: Unit, revision_id: int, row: Row, typed: Any) -> dict[str, Any]:
    """Return what `_outline_beyond.html` shows of a part."""
    revision = get_revision(unit, revision_id)
    sheet, content = Sheet(revision.definition.xml), Procedure.from_json(revision.content)
    trigger, repeat = row.trigger, row.repeat
    kinds = offered(sheet.find(row.id)) if trigger else ()
    if trigger and trigger.is_editable and trigger.kind not in kinds:
        kinds = (trigger.kind, *kinds)
    return {
        "trigger_kinds": kinds,
        "attach_kinds": ATTACHED,
        "trigger_words": KINDS,
        "trigger_condition": condition_form.show(trigger.feel if trigger else "", typed, "t_"),
        "timer_parts": timer_parts,
        "repeat_kinds": REPEATS,
        "again_condition": condition_form.show(repeat.condition if repeat else "", typed, "r_"),
        "until_condition": condition_form.show(repeat.until if repeat else "", typed, "u_"),
        "known_refs": sorted({_called(one) for one in sheet.all(*NAMED)} - {""}),
        "known_lists": [
            (field.name, field.label)
            for form in content.forms.values()
            for field in form.fields
            if field.type == "table"
        ],
        "decision_tables": decisions_of(content),
    }


def timer_parts(wait: Wait | None) -> tuple[str, str, str]:
    """Return number, unit and expression of a wait for its fields; an expression where it is not plain."""
    if wait is None:
        return "", "wd", ""
    for shape, unit in UNITS.items():
        head, _, tail = shape.partition("{}")
        number = wait.text[len(head) : len(wait.text) - len(tail)]
        if wait.text == shape.format(number) and number.isascii() and number.isdigit():
            return number, f"w{unit}" if wait.is_working else unit, ""
    return "", "text", wait.text


def _called(named: Any) -> str:
    return (named.get("errorCode") or named.get("escalationCode") or named.get("name") or "").strip()
