"""Reading procedures and their revisions for the pages of the designer."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from designer import changes
from designer.acts import Act, acts_of
from designer.changes import Change
from designer.checks import Checks, check_revision
from designer.drafts import get_revision, may_change_locked
from designer.locks import zones
from designer.outline import Line, Words, form_fields, hours, read_outline
from designer.states import (
    ABOLISHED,
    APPROVED,
    AUTHOR,
    DRAFT,
    IN_THE_MAKING,
    LABELS,
    PENDING,
    PROVINCE_APPROVER,
    PUBLISHED,
    SUPERSEDED,
    SUSPENDED,
    TONES,
    UNIT_APPROVER,
    UNIT_REVIEW,
)
from engine.bpmn.svg import draw
from engine.domain.calendar import local_day
from engine.domain.procedures import Procedure
from engine.domain.texts import Text, fold
from engine.errors import NotFound, ProcedureError
from engine.store.rows import ProcedureRow, RevisionRow, RoleRow, UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases.authorship import writers


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One revision in a list.

    Attributes:
        holds: A dossier accepted today would follow it.
    """

    id: int
    number: int
    state: str
    holds: bool
    effective_from: date | None
    effective_to: date | None
    decision_no: str
    decision_date: date | None
    signer: str
    change_note: str
    author: str
    publisher: str
    changed_at: datetime

    @property
    def label(self) -> Text:
        return LABELS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureLine:
    """One procedure with what holds today and what is in the making."""

    id: int
    key: str
    national_code: str
    name: Text
    field: Text
    owner: str
    in_force: RevisionLine | None
    making: RevisionLine | None
    can_draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedurePage:
    line: ProcedureLine
    revisions: tuple[RevisionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionPage:
    """Everything that the page of one revision shows.

    Attributes:
        may: Acts open to this person now: edit submit approve send_back publish suspend resume roll_back
            cancel abolish.
        acts: Of the review so far, the newest first.
        changes: Against the revision it was drafted from.
        own_work: The person wrote it, and so cannot decide on it.
    """

    line: RevisionLine
    procedure: ProcedureLine
    version: int
    review_note: str
    base: RevisionLine | None
    limit_hours: str
    outline: tuple[Line, ...]
    changes: tuple[Change, ...]
    checks: Checks
    picture: str
    may: frozenset[str]
    own_work: bool
    locks: dict[str, str]
    content: Procedure
    participants: dict[str, str]
    acts: tuple[Act, ...]


def list_procedures(unit: Unit, text: str = "") -> list[ProcedureLine]:
    """Return the procedures whose name or code contains `text`, those in the making first."""
    statement = select(ProcedureRow).order_by(ProcedureRow.key)
    for word in fold(text).split():
        statement = statement.where(ProcedureRow.search_text.contains(word, autoescape=True))
    rows = unit.session.scalars(statement).all()
    lines = _procedure_lines(unit, rows)
    return sorted(lines, key=lambda line: (line.making is None, line.key))


def get_procedure_page(unit: Unit, procedure_id: int) -> ProcedurePage:
    """Return one procedure with all its revisions, the newest first.

    Raises:
        NotFound: If there is none.
    """
    row = unit.session.get(ProcedureRow, procedure_id)
    if row is None:
        raise NotFound("a procedure", f"there is none with id {procedure_id}", what="thủ tục")
    revisions = _revisions(unit, [row.id])[row.id]
    return ProcedurePage(line=_procedure_lines(unit, [row])[0], revisions=tuple(reversed(revisions)))


def get_revision_page(unit: Unit, revision_id: int, language: str, *, checked: bool = True) -> RevisionPage:
    """Return all that is known about one revision; without checks and changes where not `checked`.

    Raises:
        NotFound: If there is none.
    """
    row = get_revision(unit, revision_id)
    xml = row.definition.xml
    content = Procedure.from_json(row.content)
    words = words_of(unit, content)
    base = unit.session.get(RevisionRow, row.based_on_id) if row.based_on_id else None
    people = _people(unit, [one for one in (row, base) if one])
    today = local_day(unit.now)
    own = unit.actor.user_id in writers(unit, row.id)
    return RevisionPage(
        line=_revision_line(row, people, today),
        procedure=_procedure_lines(unit, [row.procedure])[0],
        version=row.version,
        review_note=row.review_note,
        base=_revision_line(base, people, today) if base else None,
        limit_hours=hours(int(content.limit.hours * 60)).say(language) if content.limit.hours else "",
        outline=_outline(xml, words),
        changes=_changes(unit, base, row, words) if base and checked else (),
        checks=check_revision(unit, row) if checked else Checks(own=()),
        picture=_picture(xml, language),
        may=_may(unit, row, own),
        own_work=own and row.state not in (DRAFT, PUBLISHED, SUPERSEDED),
        locks={} if may_change_locked(unit) or base is None else _zones(base.definition.xml),
        content=content,
        participants=dict(row.participants),
        acts=acts_of(unit, row.id),
    )


def role_names(unit: Unit) -> dict[str, Text]:
    """Return what the roles of this installation are called."""
    roles = unit.session.execute(
        select(RoleRow.code, RoleRow.name_vi, RoleRow.name_en).order_by(RoleRow.code)
    )
    return {code: Text(vi, en) for code, vi, en in roles}


def words_of(unit: Unit, content: Procedure) -> Words:
    """Return what the codes of a procedure's diagram are called in this installation."""
    return Words(
        roles=role_names(unit),
        participants={one.code: one.name for one in content.participants},
        forms={key: form.title for key, form in content.forms.items()},
        fields=form_fields(content.forms.values()),
    )


def _may(unit: Unit, row: RevisionRow, own: bool) -> frozenset[str]:
    actor, owner = unit.actor, row.procedure.owner_unit_id
    author = actor.holds(AUTHOR, owner)
    province = actor.holds(PROVINCE_APPROVER)
    may: set[str] = set()
    if row.state == DRAFT and author:
        may |= {"edit", "submit"}
    if row.state == UNIT_REVIEW and actor.holds(UNIT_APPROVER, owner):
        may |= {"approve", "send_back"}
    if row.state in (PENDING, APPROVED) and province:
        may |= {"approve" if row.state == PENDING else "publish", "send_back"}
    if row.state == PUBLISHED and province:
        waits = row.effective_from is not None and row.effective_from > local_day(unit.now)
        may |= {"cancel"} if waits else {"suspend", "roll_back", "abolish"}
    if row.state == SUSPENDED and province:
        may |= {"resume", "abolish"}
    return frozenset(may - {"approve", "publish"} if own else may)


def _changes(unit: Unit, base: RevisionRow, row: RevisionRow, words: Words) -> tuple[Change, ...]:
    units = dict(unit.session.execute(select(UnitRow.code, UnitRow.name_vi)).all())
    found = []
    with suppress(ProcedureError):  # a draft that cannot be read: the checks say so
        found = changes.compare(base.definition.xml, row.definition.xml, words)
    found += changes.compare_participants(base.participants, row.participants, words, units)
    return (*found, *changes.compare_content(base.content, row.content))


def _outline(xml: bytes, words: Words) -> tuple[Line, ...]:
    try:
        return tuple(read_outline(xml, words))
    except ProcedureError:
        return ()


def _picture(xml: bytes, language: str) -> str:
    try:
        return draw(xml, {}, language)
    except ProcedureError:
        return ""


def _zones(xml: bytes) -> dict[str, str]:
    try:
        return zones(xml)
    except ProcedureError:
        return {}


def _procedure_lines(unit: Unit, rows: list[ProcedureRow]) -> list[ProcedureLine]:
    revisions = _revisions(unit, [row.id for row in rows])
    owners = dict(unit.session.execute(select(UnitRow.id, UnitRow.name_vi)).all())
    return [_procedure_line(unit, row, revisions[row.id], owners) for row in rows]


def _procedure_line(
    unit: Unit, row: ProcedureRow, revisions: list[RevisionLine], owners: dict[int, str]
) -> ProcedureLine:
    making = next((one for one in revisions if one.state in IN_THE_MAKING), None)
    return ProcedureLine(
        id=row.id,
        key=row.key,
        national_code=row.national_code,
        name=Text(row.name_vi, row.name_en),
        field=Text(row.field_vi),
        owner=owners.get(row.owner_unit_id, ""),
        in_force=next((one for one in reversed(revisions) if one.holds), None),
        making=making,
        can_draft=bool(revisions)
        and making is None
        and unit.actor.holds(AUTHOR, row.owner_unit_id) is not None,
    )


def _revisions(unit: Unit, procedure_ids: list[int]) -> dict[int, list[RevisionLine]]:
    rows = unit.session.scalars(
        select(RevisionRow)
        .where(RevisionRow.procedure_id.in_(procedure_ids))
        .options(defer(RevisionRow.content))
        .order_by(RevisionRow.procedure_id, RevisionRow.number)
    ).all()
    people = _people(unit, rows)
    today = local_day(unit.now)
    found: dict[int, list[RevisionLine]] = defaultdict(list)
    for row in rows:
        found[row.procedure_id].append(_revision_line(row, people, today))
    return found


def _revision_line(row: RevisionRow, people: dict[int, str], today: date) -> RevisionLine:
    since, until = row.effective_from, row.effective_to
    holds = (
        row.state in (PUBLISHED, SUPERSEDED, ABOLISHED)
        and since is not None
        and since <= today
        and (until >= today if until else row.state == PUBLISHED)
    )
    return RevisionLine(
        id=row.id,
        number=row.number,
        state=row.state,
        holds=holds,
        effective_from=since,
        effective_to=until,
        decision_no=row.decision_no,
        decision_date=row.decision_date,
        signer=row.signer,
        change_note=row.change_note,
        author=people.get(row.author_id or 0, ""),
        publisher=people.get(row.publisher_id or 0, ""),
        changed_at=row.changed_at,
    )


def _people(unit: Unit, rows: list[RevisionRow]) -> dict[int, str]:
    ids = {one for row in rows for one in (row.author_id, row.publisher_id) if one}
    if not ids:
        return {}
    return dict(unit.session.execute(select(UserRow.id, UserRow.full_name).where(UserRow.id.in_(ids))).all())
