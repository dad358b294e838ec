"""Which revision of a procedure holds today, which unit decides it, and both in readable form.

Diagrams and contents never change once written, so both are read once per process and kept by their hash.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import defer

from engine.bpmn.definitions import Definition, load_definition
from engine.domain.calendar import local_day
from engine.domain.procedures import Procedure
from engine.domain.texts import Text, fold
from engine.errors import NotFound, Refused
from engine.store import units
from engine.store.contents import KEPT, kept_procedure, read_procedure
from engine.store.rows import CompetenceRow, DefinitionRow, ProcedureRow, RevisionRow, UnitRow
from engine.store.work import Unit

IN_FORCE = ("PUBLISHED", "SUPERSEDED", "ABOLISHED")  # the latter two hold until their last day
SHORTEST_LETTERS = 2  # so many first letters of its name may stand for a procedure


class NotInForce(Refused):
    """No published revision holds on this day."""

    code = "procedure_not_in_force"
    vi = "Thủ tục {procedure} chưa có quy trình nào được ban hành cho ngày {day}, nên chưa nhận hồ sơ được."
    en = "No published revision of procedure {procedure} holds on {day}, so no dossier can be received."


class NoCompetentUnit(Refused):
    """Nobody is named to decide this procedure here; a person has to route it."""

    code = "no_competent_unit"
    vi = (
        "Chưa xác định được cơ quan có thẩm quyền giải quyết thủ tục {procedure} cho hồ sơ nộp tại {unit}. "
        "Hãy chuyển người điều phối Bộ phận Một cửa."
    )
    en = (
        "It is not set which unit decides procedure {procedure} for dossiers filed at {unit}. "
        "Ask the coordinator of the one-stop shop."
    )


class NotCompetent(Refused):
    """The unit that was chosen to decide is none of those named for the procedure."""

    code = "not_competent"
    vi = "Cơ quan đã chọn không được giao giải quyết thủ tục {procedure}. Hãy chọn lại trong danh sách."
    en = "The chosen office is not named to decide procedure {procedure}. Choose one from the list."


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureLine:
    """One procedure that the counter may choose.

    Attributes:
        letters: The first letters of its name, folded: "ctbstbcgtvb"; a clerk types some of them.
    """

    key: str
    national_code: str
    name: Text
    field: Text
    revision_number: int
    effective_from: date | None
    letters: str = ""


def list_procedures(unit: Unit, text: str = "") -> list[ProcedureLine]:
    """Return the procedures in force today that `text` means, the likeliest first, else by name.

    Words are looked for in name and codes, without marks. Two letters or more without a blank may also be
    first letters of the name: "ks" finds "Đăng ký khai sinh".
    """
    newest: dict[int, tuple[int, ProcedureLine]] = {}
    statement = select(
        ProcedureRow.id,
        ProcedureRow.key,
        ProcedureRow.national_code,
        ProcedureRow.name_vi,
        ProcedureRow.name_en,
        ProcedureRow.field_vi,
        ProcedureRow.search_text,
        RevisionRow.number,
        RevisionRow.effective_from,
    )
    for row in unit.session.execute(
        statement.join(RevisionRow, RevisionRow.procedure_id == ProcedureRow.id)
        .where(*_holds(local_day(unit.now)))
        .order_by(RevisionRow.number)
    ):
        letters = first_letters(row.name_vi)
        rank = _rank(row.key, row.search_text, letters, fold(text))
        if rank is None:
            continue
        line = ProcedureLine(
            key=row.key,
            national_code=row.national_code,
            name=Text(row.name_vi, row.name_en),
            field=Text(row.field_vi),
            revision_number=row.number,
            effective_from=row.effective_from,
            letters=letters,
        )
        newest[row.id] = (rank, line)
    return [line for _, line in sorted(newest.values(), key=lambda one: (one[0], fold(one[1].name.vi)))]


def first_letters(name: str) -> str:
    """Return the first letters of the words of a name, folded, without signs: "Khai sinh" → "ks"."""
    return "".join(word[0] for word in re.findall(r"[a-z0-9]+", fold(name)))


def _rank(key: str, search_text: str, letters: str, wanted: str) -> int | None:
    """Return how well a procedure fits what was typed, 0 best; None if it does not."""
    if not wanted or wanted == key.lower():
        return 0
    if len(wanted) >= SHORTEST_LETTERS and wanted in letters:
        return 1 if letters.startswith(wanted) else 2
    return 3 if all(word in search_text for word in wanted.split()) else None


def find_procedure(unit: Unit, key: str) -> ProcedureRow:
    """Return a procedure by its short key, e.g. "P03".

    Raises:
        NotFound: If there is none.
    """
    row = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == key)).one_or_none()
    if row is None:
        raise NotFound("the procedure to exist", f"there is none with key {key!r}", what=f"thủ tục {key}")
    return row


def revision_in_force(unit: Unit, procedure_id: int, on: date) -> RevisionRow:
    """Return the revision under which a dossier accepted on the local day `on` is handled.

    Raises:
        NotInForce: If none holds on that day.
    """
    row = unit.session.scalars(
        _in_force(on)
        .where(RevisionRow.procedure_id == procedure_id)
        .order_by(RevisionRow.effective_from.desc(), RevisionRow.number.desc())
        .options(defer(RevisionRow.content))  # long, and kept: `kept_procedure`
        .limit(1)
    ).one_or_none()
    if row is None:
        procedure = unit.session.get(ProcedureRow, procedure_id)
        raise NotInForce(
            "a published revision",
            f"none holds on {on:%d/%m/%Y}",
            procedure=str(procedure or procedure_id),
            day=f"{on:%d/%m/%Y}",
        )
    return row


def competent_unit(
    unit: Unit, procedure: ProcedureRow, receiving: UnitRow, on: date, chosen: int | None = None
) -> UnitRow:
    """Return the unit that decides a dossier filed at `receiving`, by competence and not by counter.

    The receiving office itself comes first, then the unit named for its place, then the one named for
    everywhere. A unit closed meanwhile is replaced by its successor. Reception is not tied to territory:
    where several are named and none of them for this place, the counter chooses.

    Args:
        chosen: The unit that the counter chose among `competent_units`, if it did.

    Raises:
        NoCompetentUnit: If none, or more than one, is named and none was chosen.
        NotCompetent: If the chosen one is not named for the procedure.
    """
    if chosen is not None:
        taken = next((one for one in competent_units(unit, procedure, on) if one.id == chosen), None)
        if taken is None:
            raise NotCompetent("a unit named for it", "it is another", procedure=str(procedure))
        return taken
    rows = _competences(unit, procedure.id, on)
    own = [one.unit_id for one in rows if one.unit_id in (receiving.id, receiving.parent_id)]
    here = [one.unit_id for one in rows if one.geo_code and one.geo_code == receiving.geo_code]
    anywhere = [one.unit_id for one in rows if not one.geo_code]
    for found in (own, here, anywhere):
        if len(set(found)) == 1:
            heir = units.successor(unit, units.get_unit(unit, found[0]), on, procedure.id)
            if heir is not None:
                return heir
    raise NoCompetentUnit(
        "one competent unit",
        f"{len(rows)} are named",
        procedure=str(procedure),
        unit=receiving.name_vi,
    )


def competent_units(unit: Unit, procedure: ProcedureRow, on: date) -> list[UnitRow]:
    """Return every unit that may decide this procedure somewhere, by name; closed ones as their heirs."""
    named = {one.unit_id for one in _competences(unit, procedure.id, on)}
    found = unit.session.scalars(select(UnitRow).where(UnitRow.id.in_(named))).all()
    heirs = [units.successor(unit, one, on, procedure.id) for one in found]
    return sorted({one.id: one for one in heirs if one}.values(), key=lambda one: fold(one.name_vi))


def competent_at(unit: Unit, procedure_id: int, geo_code: str) -> UnitRow | None:
    """Return the one unit that is competent for this place today, or None."""
    rows = _competences(unit, procedure_id, local_day(unit.now))
    found = {one.unit_id for one in rows if one.geo_code == geo_code}
    return units.get_unit(unit, found.pop()) if len(found) == 1 else None


def _competences(unit: Unit, procedure_id: int, on: date) -> Sequence[Row[tuple[int, str]]]:
    return unit.session.execute(
        select(CompetenceRow.unit_id, CompetenceRow.geo_code).where(
            CompetenceRow.procedure_id == procedure_id,
            CompetenceRow.effective_from <= on,
            or_(CompetenceRow.effective_to.is_(None), CompetenceRow.effective_to >= on),
        )
    ).all()


def procedure_of(revision: RevisionRow) -> Procedure:
    """Return the revision's content as a Procedure."""
    return read_procedure(revision.content)


def procedure_in_force(unit: Unit, key: str, on: date) -> Procedure | None:
    """Return a procedure by its short key as its revision in force has it, from memory where it can be."""
    revision = unit.session.scalars(
        _in_force(on)
        .join(ProcedureRow, ProcedureRow.id == RevisionRow.procedure_id)
        .where(ProcedureRow.key == key)
        .order_by(RevisionRow.effective_from.desc(), RevisionRow.number.desc())
        .options(defer(RevisionRow.content))
        .limit(1)
    ).one_or_none()
    return None if revision is None else kept_procedure(unit, revision)


def definition_of(unit: Unit, hash_: str) -> Definition:
    """Return the parsed diagram with this content hash; its bytes are fetched once per process."""
    with _lock:
        if hash_ in _definitions:
            _definitions.move_to_end(hash_)
            return _definitions[hash_]
    xml = unit.session.execute(select(DefinitionRow.xml).where(DefinitionRow.hash == hash_)).scalar_one()
    definition = load_definition(xml)
    with _lock:
        _definitions[hash_] = definition
        while len(_definitions) > KEPT:
            _definitions.popitem(last=False)
    return definition


_definitions: OrderedDict[str, Definition] = OrderedDict()
_lock = threading.Lock()


def _in_force(on: date):
    return select(RevisionRow).where(*_holds(on))


def _holds(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        RevisionRow.state.in_(IN_FORCE),
        RevisionRow.effective_from <= on,
        or_(RevisionRow.effective_to.is_(None), RevisionRow.effective_to >= on),
        # Without a last day, a superseded revision would hold for ever beside the one that replaced it.
        or_(RevisionRow.state == "PUBLISHED", RevisionRow.effective_to.is_not(None)),
    )
