"""Two revisions of a procedure side by side: both pictures with the differences marked, and the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from designer.changes import TOPICS, Change, compare, compare_content, compare_participants, marks_of
from designer.drafts import get_revision
from designer.outline import Words
from designer.revisions import RevisionLine, get_procedure_page, words_of
from engine.bpmn.svg import draw
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError
from engine.store.rows import RevisionRow, UnitRow
from engine.store.work import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two.

    Attributes:
        near: The marked places with their surroundings; "" where the picture shows them well enough.
        counts: How many boxes and arrows carry each mark.
    """

    line: RevisionLine
    picture: str
    near: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the page shows.

    Attributes:
        choices: All revisions of the procedure, the newest first.
        groups: Sentences under their headings; headings without any are left out.
        at: The element that both pictures are cut to; "" for none.
        unread: A drawing that cannot be read yet; contents are compared all the same.
    """

    procedure_id: int
    key: str
    name: Text
    choices: tuple[RevisionLine, ...]
    before: Side
    after: Side
    groups: tuple[tuple[Text, tuple[Change, ...]], ...]
    at: str
    unread: Text

    @property
    def total(self) -> int:
        return sum(len(changes) for _, changes in self.groups)


def differences(unit: Unit, before: RevisionRow, after: RevisionRow, words: Words) -> list[Change]:
    """Return every difference between two revisions that matters, drawings first.

    Raises:
        ProcedureError: If one of the drawings cannot be read.
    """
    return [
        *compare(before.definition.xml, after.definition.xml, words),
        *_other_differences(unit, before, after, words),
    ]


def get_comparison(unit: Unit, before_id: int, after_id: int, language: str, at: str = "") -> Comparison:
    """Compare two revisions of one procedure.

    Raises:
        NotFound: If there is no such revision, or they belong to different procedures.
    """
    before, after = get_revision(unit, before_id), get_revision(unit, after_id)
    if before.procedure_id != after.procedure_id:
        raise NotFound("two revisions of one procedure", "they are of two", what="phiên bản để so sánh")
    page = get_procedure_page(unit, after.procedure_id)
    lines = {one.id: one for one in page.revisions}
    words = words_of(unit, Procedure.from_json(after.content))
    changes, unread = [], Text("")
    left: dict[str, str] = {}
    right: dict[str, str] = {}
    try:
        changes = compare(before.definition.xml, after.definition.xml, words)
        left, right = marks_of(before.definition.xml, after.definition.xml, changes)
    except ProcedureError as refused:
        unread = Text(refused.say("vi"), refused.say("en"))
    changes += _other_differences(unit, before, after, words)
    return Comparison(
        procedure_id=after.procedure_id,
        key=page.line.key,
        name=page.line.name,
        choices=page.revisions,
        before=_side(lines[before.id], before, left, language, at),
        after=_side(lines[after.id], after, right, language, at),
        groups=_grouped(changes),
        at=at if at in left or at in right else "",
        unread=unread,
    )


def _other_differences(unit: Unit, before: RevisionRow, after: RevisionRow, words: Words) -> list[Change]:
    units = dict(unit.session.execute(select(UnitRow.code, UnitRow.name_vi)).all())
    found = compare_participants(before.participants, after.participants, words, units)
    return found + compare_content(before.content, after.content)


def _side(line: RevisionLine, row: RevisionRow, marks: dict[str, str], language: str, at: str) -> Side:
    whole, near = "", ""
    with suppress(ProcedureError):
        whole = draw(row.definition.xml, marks, language)
        if marks:
            near = draw(row.definition.xml, marks, language, {at} if at in marks else marks)
    counts: dict[str, int] = {}
    for mark in marks.values():
        counts[mark] = counts.get(mark, 0) + 1
    return Side(line=line, picture=whole, near=near if near != whole else "", counts=counts)


def _grouped(changes: Sequence[Change]) -> tuple[tuple[Text, tuple[Change, ...]], ...]:
    found = ((name, tuple(one for one in changes if one.topic == topic)) for topic, name in TOPICS.items())
    return tuple((name, group) for name, group in found if group)
