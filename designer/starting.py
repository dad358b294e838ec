"""A new procedure from an empty page: a name, a code, a unit, a field and a time limit; then it is drawn."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import quoteattr

from sqlalchemy import select

from designer.drafts import check_author, store_definition
from designer.history import keep_version
from designer.states import AUTHOR, DRAFT
from engine.domain.calendar import local_day
from engine.domain.procedures import LIMIT_KINDS, Limit, Procedure
from engine.domain.texts import Text, fold
from engine.errors import Invalid, Refused
from engine.store.rows import CompetenceRow, ProcedureRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.audit import record

HOURS_A_DAY = 8
LIMIT_WORDS = {
    "working_day": Text("ngày làm việc", "working days"),
    "calendar_day": Text("ngày theo lịch", "calendar days"),
    "hour": Text("giờ làm việc", "working hours"),
    "same_day": Text("trong ngày", "the same day"),
}


class KeyTaken(Refused):
    """Another procedure has this code."""

    code = "procedure_key_taken"
    vi = "Mã “{key}” đã dùng cho thủ tục “{name}”; hãy chọn mã khác."
    en = "The code “{key}” is that of “{name}”; choose another."


class NotYourUnit(Refused):
    """The author writes procedures for other units."""

    code = "not_your_unit"
    vi = "Bạn không xây dựng quy trình cho đơn vị đã chọn; hãy chọn một đơn vị của bạn."
    en = "You do not write procedures for the unit you chose; choose one of yours."


class NameMissing(Invalid):
    code = "procedure_name_missing"
    vi = "Hãy đặt tên cho thủ tục."
    en = "Give the procedure a name."


def own_units(unit: Unit) -> list[tuple[int, str]]:
    """Return the units for which the actor writes procedures, as (id, name)."""
    rows = unit.session.execute(
        select(UnitRow.id, UnitRow.name_vi).where(UnitRow.effective_to.is_(None)).order_by(UnitRow.name_vi)
    )
    return [(key, name) for key, name in rows if unit.actor.holds(AUTHOR, key) is not None]


def known_fields(unit: Unit) -> list[str]:
    """Return the fields of work that procedures have already."""
    found = unit.session.scalars(select(ProcedureRow.field_vi).distinct().order_by(ProcedureRow.field_vi))
    return [one for one in found if one]


def start_procedure(
    unit: Unit,
    *,
    key: str,
    name: Text,
    owner_id: int,
    national_code: str = "",
    field: str = "",
    limit_kind: str = "working_day",
    limit_value: int = 1,
    competent: str = "own",
) -> int:
    """Make a procedure with an empty first draft; return the draft's id.

    Args:
        competent: Who decides it from today: `own`, the unit that owns it, or `communes`, each commune for
            its place. IT staff change that in the registers.

    Raises:
        NotYourUnit: If the actor does not write procedures for the unit.
        NameMissing: If it has no name.
        KeyTaken: If another procedure has the code.
        BadProcedure: If a code or the limit cannot be read.
    """
    if not name.vi:
        raise NameMissing("a name", "there is none")
    if owner_id not in {one for one, _ in own_units(unit)}:
        raise NotYourUnit("a unit of the author", f"unit {owner_id} was chosen")
    content = _content(key.strip(), name, national_code.strip(), field.strip(), limit_kind, limit_value)
    taken = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == content.key)).first()
    if taken is not None:
        raise KeyTaken("a free code", f"{taken.key} is taken", key=taken.key, name=taken.name_vi)

    procedure = ProcedureRow(
        key=content.key,
        national_code=content.national_code,
        name_vi=content.name.vi,
        name_en=content.name.en,
        field_vi=content.field.vi,
        owner_unit_id=owner_id,
        search_text=fold(" ".join((content.key, content.national_code, content.name.vi, content.name.en))),
    )
    unit.session.add(procedure)
    unit.session.flush()
    check_author(unit, procedure)
    unit.session.add_all(
        CompetenceRow(
            procedure_id=procedure.id, unit_id=one, geo_code=place, effective_from=local_day(unit.now)
        )
        for one, place in _competent(unit, competent, owner_id)
    )
    draft = RevisionRow(
        procedure_id=procedure.id,
        number=1,
        state=DRAFT,
        definition_hash=store_definition(unit, empty_drawing(content)),
        content=content.as_json(),
        participants={},
        author_id=unit.actor.user_id,
        created_at=unit.now,
        changed_at=unit.now,
    )
    unit.session.add(draft)
    unit.session.flush()
    keep_version(unit, draft, "opened")
    record(unit, f"revision:{draft.id}", "draft.opened", {"number": 1, "procedure": content.key})
    return draft.id


def _competent(unit: Unit, competent: str, owner_id: int) -> list[tuple[int, str]]:
    """Return the units that decide, each with the code of its place; "" means everywhere."""
    if competent != "communes":
        return [(owner_id, "")]
    found = unit.session.execute(
        select(UnitRow.id, UnitRow.geo_code).where(
            UnitRow.level_code == "commune", UnitRow.kind == "committee", UnitRow.effective_to.is_(None)
        )
    )
    return [(key, place) for key, place in found]


def _content(key: str, name: Text, national: str, field: str, kind: str, value: int) -> Procedure:
    hours = {"working_day": value * HOURS_A_DAY, "same_day": HOURS_A_DAY, "hour": value}.get(kind)
    kind = kind if kind in LIMIT_KINDS else ""
    written = Procedure(
        key=key,
        national_code=national,
        name=name,
        field=Text(field),
        limit=Limit(
            kind=kind,
            value=1 if kind == "same_day" else value,
            hours=None if hours is None else Decimal(hours),
        ),
    )
    return Procedure.from_json(written.as_json())  # refuses what cannot be read, naming the path


def empty_drawing(procedure: Procedure) -> bytes:
    """Return a drawing with a beginning and an end, and nothing between; it has no picture yet."""
    key = "".join(char if char.isalnum() else "_" for char in procedure.key)
    english = f'<mc:text lang="en" name={quoteattr(procedure.name.en)} />' if procedure.name.en else ""
    extensions = f"<bpmn:extensionElements>{english}</bpmn:extensionElements>" if english else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:mc="urn:motcua:bpmn:1" id="Definitions_{key}" targetNamespace="urn:motcua:procedure" expressionLanguage="https://www.omg.org/spec/DMN/20211108/FEEL/">
  <bpmn:process id="Process_{key}" name={quoteattr(procedure.name.vi)} isExecutable="true" mc:procedure={quoteattr(procedure.key)}>
    {extensions}
    <bpmn:startEvent id="Start" name="Có hồ sơ nộp">
      <bpmn:extensionElements><mc:text lang="en" name="A dossier is filed" /></bpmn:extensionElements>
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="End" name="Đã trả kết quả">
      <bpmn:extensionElements><mc:text lang="en" name="The result is handed back" /></bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="End" />
  </bpmn:process>
</bpmn:definitions>
""".encode()  # noqa: E501 - a file, as it is written
