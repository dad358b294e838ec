"""How was it done last time: for a step that somebody does rarely, the latest one of the same kind.

Only what is no matter of persons is shown: choices, numbers, amounts and days as they were, long texts with
names and numbers of the applicant covered; short texts, numbers of papers and telephones not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.domain.fields import Field
from engine.domain.forms import show_value
from engine.domain.texts import Text, fold
from engine.store import cases as rows
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.working import form_of

RARE = 3  # whoever did it so often needs no example
LOOKED_THROUGH = 400  # of the unit's latest steps; what lies further back is not looked for
MINE_LOOKED_THROUGH = 300
PERSONAL = frozenset({"text", "id_no", "phone", "email", "file", "note"})
COVER = "•••"
_LONG_NUMBER = re.compile(r"\d[\d .-]{4,}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTime:
    """The latest step of the same kind in the same unit.

    Attributes:
        times: How often this person did such a step, among their latest.
        spent: Working minutes it took; None if that was not counted.
        reason: Why, where the outcome asks; covered like long texts.
    """

    times: int
    at: datetime
    outcome: Text
    reason: str
    spent: int | None
    lines: tuple[tuple[Text, Text], ...]


def last_time(unit: Unit, task_id: int) -> LastTime | None:
    """Return how such a step was done last; None if the actor does it often, or nobody did.

    The task must be one that the actor may see.
    """
    item = rows.get_task(unit, task_id)
    procedure = item.dossier.procedure_id
    times = _times(unit, item, procedure)
    if times >= RARE:
        return None
    found = _latest(unit, item, procedure)
    if found is None:
        return None
    case = Case.of(unit, found.dossier)
    spec = case.spec(found.node_id)
    chosen = spec.outcome(found.outcome)
    form = form_of(case, spec)
    secrets = _names(found.dossier)
    return LastTime(
        times=times,
        at=found.ended_at or found.opened_at,
        outcome=chosen.name if chosen else Text(found.outcome),
        reason=cover(str(found.answers.get("reason", "")), secrets),
        spent=found.spent_minutes,
        lines=tuple(_lines(form.fields if form else (), found, secrets)),
    )


def cover(text: str, names: Iterable[str]) -> str:
    """Return a text with names, in any case and with or without marks, and long numbers covered."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        folded, wanted = fold(text), fold(name)
        if len(folded) != len(text) or len(wanted) < 3:  # folding kept no place for each letter
            text = re.sub(re.escape(name), COVER, text, flags=re.IGNORECASE)
            continue
        for match in reversed(list(re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded))):
            text = text[: match.start()] + COVER + text[match.end() :]
    return _LONG_NUMBER.sub(COVER, text)


def _lines(fields: Iterable[Field], item: WorkItemRow, secrets: list[str]) -> Iterable[tuple[Text, Text]]:
    for field in fields:
        value = item.answers.get(field.name)
        if value is None or field.type in PERSONAL or not field.has_answer:
            continue
        shown = Text(show_value(field, value, "vi"), show_value(field, value, "en"))
        if field.type == "long_text":
            shown = Text(cover(shown.vi, secrets), cover(shown.en, secrets))
        yield field.label, shown


def _names(dossier: DossierRow) -> list[str]:
    """What tells who the applicant is; the given name alone too, it stands at the end."""
    name = dossier.applicant_name.strip()
    parts = [name, dossier.applicant_id_no, dossier.applicant_phone, dossier.applicant_email]
    return [*parts, dossier.applicant_address, dossier.code, *name.split()[-1:]]


def _times(unit: Unit, item: WorkItemRow, procedure: int) -> int:
    """How many of the latest steps of this person are such ones, found by the index of who ended what."""
    mine = (
        select(WorkItemRow.node_id, WorkItemRow.dossier_id)
        .where(WorkItemRow.ended_by == unit.actor.user_id, WorkItemRow.status == rows.DONE)
        .order_by(WorkItemRow.id.desc())
        .limit(MINE_LOOKED_THROUGH)
        .subquery()
    )
    return (
        unit.session.scalar(
            select(func.count())
            .select_from(mine)
            .join(DossierRow, DossierRow.id == mine.c.dossier_id)
            .where(mine.c.node_id == item.node_id, DossierRow.procedure_id == procedure)
        )
        or 0
    )


def _latest(unit: Unit, item: WorkItemRow, procedure: int) -> WorkItemRow | None:
    """The latest such step among those of the unit with the latest due times, found by their index."""
    ours = (
        select(WorkItemRow.id)
        .where(WorkItemRow.unit_id == item.unit_id, WorkItemRow.status == rows.DONE)
        .order_by(WorkItemRow.due_at.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    return unit.session.scalars(
        select(WorkItemRow)
        .join(ours, ours.c.id == WorkItemRow.id)
        .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
        .where(
            WorkItemRow.node_id == item.node_id,
            WorkItemRow.dossier_id != item.dossier_id,
            DossierRow.procedure_id == procedure,
        )
        .order_by(WorkItemRow.ended_at.desc(), WorkItemRow.id.desc())
        .limit(1)
    ).one_or_none()
