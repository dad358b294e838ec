"""At the counter: what a dossier must bring, and what the counter sees before it is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert

from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.domain.deadlines import Due, due
from engine.domain.forms import Form, FormInvalid, parse_answers
from engine.domain.identity_cards import BadCard, looks_like_card, read_card
from engine.domain.procedures import Component, Procedure
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store import units
from engine.store.offices import know_offices
from engine.store.rows import ComponentRow, ProcedureRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.cases import Case
from engine.usecases.evaluation import context_of_reception, evaluate
from engine.usecases.organisation import check_unit_open
from engine.usecases.procedures import (
    NoCompetentUnit,
    competent_unit,
    competent_units,
    find_procedure,
    kept_procedure,
    revision_in_force,
)
from engine.usecases.stops import term_of

COUNTER = "RECEPTION"
CITIZEN, COMPANY, HOUSEHOLD = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who files. `kind`: 0 citizen, 1 company, 2 household business."""

    kind: int = CITIZEN
    name: str
    id_no: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedComponent:
    """A paper as it was handed over. `copy_kind`: 0 original, 1 copy, 2 electronic."""

    code: str
    copies: int = 1
    copy_kind: int = 0
    received: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionView:
    """What the counter sees before anything is typed.

    Attributes:
        due: When the result would be due if the dossier were accepted now; its `days` say why.
        receiving_units: Id and name of the units that the person may receive for today.
        competent_unit: Name of the unit that decides; empty while the counter has to choose it.
        competent_units: Id and name of those to choose from; empty where it goes without saying.
    """

    procedure_key: str
    national_code: str
    name: Text
    revision_number: int
    form: Form | None
    components: tuple[Component, ...]
    fee_text: Text
    fee_when: int
    due: Due
    receiving_unit_id: int
    receiving_units: tuple[tuple[int, str], ...]
    competent_unit: str
    competent_unit_id: int | None
    competent_units: tuple[tuple[int, str], ...]
    results: tuple[Text, ...]


class ComponentsMissing(Invalid):
    """Papers that the procedure requires were not handed over; all of them are named at once."""

    code = "components_missing"
    vi = "Hồ sơ còn thiếu: {missing}. Hãy nhận đủ, hoặc hướng dẫn người nộp bổ sung trước khi tiếp nhận."
    en = "The dossier lacks: {missing_en}. Take them in, or tell the applicant before accepting it."


class ComponentUnknown(Invalid):
    code = "component_unknown"
    vi = "Thủ tục này không có thành phần hồ sơ mã {component}. Hãy tải lại trang."
    en = "This procedure has no component {component}. Reload the page."


@dataclass(frozen=True, slots=True)
class ReceptionPlace:
    """Where a dossier would be received and decided today, and under which revision.

    Attributes:
        competent: None while nobody can tell who decides: the counter chooses, or the coordinator does.
        choice: Those to choose from, where the place does not decide it.
    """

    receiving: UnitRow
    competent: UnitRow | None
    choice: tuple[UnitRow, ...]
    procedure_row: ProcedureRow
    revision: RevisionRow
    procedure: Procedure


def find_place(
    unit: Unit, procedure_key: str, receiving_unit_id: int | None, chosen: int | None = None
) -> ReceptionPlace:
    """Return where a dossier of this procedure would be received and decided now.

    Raises:
        RoleMissing, UnitClosed, NotInForce, NotCompetent, NotFound
    """
    know_offices(unit)
    receiving = receiving_unit(unit, receiving_unit_id)
    today = local_day(unit.now)
    row = find_procedure(unit, procedure_key)
    revision = revision_in_force(unit, row.id, today)
    competent: UnitRow | None = None
    choice: tuple[UnitRow, ...] = ()
    try:
        competent = competent_unit(unit, row, receiving, today)
    except NoCompetentUnit:
        choice = tuple(competent_units(unit, row, today))
        if chosen is not None:
            competent = competent_unit(unit, row, receiving, today, chosen)
    return ReceptionPlace(receiving, competent, choice, row, revision, kept_procedure(unit, revision))


def preview_reception(
    unit: Unit, procedure_key: str, receiving_unit_id: int | None = None, chosen: int | None = None
) -> ReceptionView:
    """Return what the counter needs to receive a dossier of this procedure now.

    Raises:
        RoleMissing, UnitClosed, NotInForce, NotCompetent, NotFound
    """
    place = find_place(unit, procedure_key, receiving_unit_id, chosen)
    procedure, competent = place.procedure, place.competent
    calendar = calendar_of(unit, (competent or place.receiving).id)
    return ReceptionView(
        procedure_key=place.procedure_row.key,
        national_code=place.procedure_row.national_code,
        name=procedure.name,
        revision_number=place.revision.number,
        form=procedure.forms.get(procedure.reception_form),
        components=procedure.components,
        fee_text=procedure.fee.text,
        fee_when=procedure.fee.when,
        due=due(calendar, unit.now, term_of(procedure)),
        receiving_unit_id=place.receiving.id,
        receiving_units=tuple(
            (one.unit_id, one.unit_name) for one in unit.actor.assignments if COUNTER in one.roles
        ),
        competent_unit=competent.name_vi if competent else "",
        competent_unit_id=competent.id if competent else None,
        competent_units=tuple((one.id, one.name_vi) for one in place.choice),
        results=procedure.results,
    )


def receiving_unit(unit: Unit, unit_id: int | None) -> UnitRow:
    """Return the open unit for which the actor may receive; without an id, the first of them.

    Raises:
        RoleMissing: If the actor does not sit at that counter.
        UnitClosed: If it is closed.
    """
    if unit_id is None:
        found = check_holds(unit.actor, COUNTER)
        unit_id = found.unit_id if found else 0
    receiving = units.get_unit(unit, unit_id)
    check_unit_open(unit, unit_id, local_day(unit.now))
    check_holds(unit.actor, COUNTER, unit_id, receiving.name_vi)
    return receiving


def read_applicant(applicant: Applicant) -> Applicant:
    """Return the applicant with names and numbers in their usual form.

    Raises:
        FormInvalid: With a sentence for each field that is wrong.
    """
    applicant = _from_card(applicant)
    form = _COMPANY_FORM if applicant.kind == COMPANY else _PERSON_FORM
    raw = {
        "applicant_name": applicant.name,
        "applicant_id_no": applicant.id_no,
        "applicant_phone": applicant.phone,
        "applicant_email": applicant.email,
        "applicant_address": applicant.address,
    }
    values, problems = parse_answers(form, raw, {}, evaluate)
    if not problems and not (values["applicant_id_no"] or values["applicant_phone"]):
        problems = {"applicant_phone": _HOW_TO_REACH}
    if applicant.kind not in (CITIZEN, COMPANY, HOUSEHOLD):
        problems = {"applicant_kind": Text("Hãy chọn loại người nộp.", "Choose the kind of applicant.")}
    if problems:
        raise FormInvalid(problems)
    given = {name.removeprefix("applicant_"): value or "" for name, value in values.items()}
    return Applicant(kind=applicant.kind, **given)


def _from_card(applicant: Applicant) -> Applicant:
    """Take apart what a scanner typed into one of the fields; what was typed into the others stays.

    Raises:
        FormInvalid: If it is no citizen card, at the field that it was scanned into.
    """
    for name in ("id_no", "name", "phone", "email", "address"):
        text = getattr(applicant, name)
        if not looks_like_card(text):
            continue
        try:
            card = read_card(text)
        except BadCard as bad:
            raise FormInvalid({f"applicant_{name}": Text(bad.say("vi"), bad.say("en"))}) from bad
        rest = replace(applicant, **{name: ""})
        return replace(
            rest, id_no=card.number, name=rest.name or card.name, address=rest.address or card.address
        )
    return applicant


def reception_context(
    procedure: Procedure, competent: UnitRow, unit: Unit, data: Mapping[str, Any], channel: int, kind: int
) -> dict[str, Any]:
    return context_of_reception(procedure, data, competent, unit.now, channel, kind)


def check_components(
    procedure: Procedure, received: Iterable[ReceivedComponent], context: Mapping[str, Any]
) -> None:
    """Check that every paper that is needed was handed over.

    Raises:
        ComponentUnknown: If a paper is not one of the procedure's.
        ComponentsMissing: If papers are missing.
    """
    received = list(received)
    for one in received:
        if procedure.component(one.code) is None:
            raise ComponentUnknown("a component of the procedure", "it is another", component=one.code[:60])
    there = {one.code for one in received if one.received}
    missing = [
        one.name for one in procedure.components if one.code not in there and one.is_needed(context, evaluate)
    ]
    if missing:
        raise ComponentsMissing(
            "all needed papers",
            f"{len(missing)} are missing",
            missing="; ".join(name.say("vi") for name in missing),
            missing_en="; ".join(name.say("en") for name in missing),
            names=missing,
        )


def add_components(unit: Unit, case: Case, received: Iterable[ReceivedComponent]) -> None:
    """Write the papers as received, with the names that they have in this revision."""
    lines = []
    for one in received:
        known = case.procedure.component(one.code)
        if known is None:
            raise ComponentUnknown("a component of the procedure", "it is another", component=one.code[:60])
        lines.append(
            {
                "dossier_id": case.row.id,
                "code": one.code,
                "name_vi": known.name.vi,
                "name_en": known.name.en,
                "copies": one.copies,
                "copy_kind": one.copy_kind,
                "received": one.received,
                "note": one.note[:2000],
            }
        )
    if lines:
        unit.session.execute(insert(ComponentRow), lines)


def _applicant_form(name: Text, id_no: dict[str, Any]) -> Form:
    def field(code: str, label: Text, type_: str, **more: Any) -> dict[str, Any]:
        return {"name": f"applicant_{code}", "label": label.as_json(), "type": type_, **more}

    fields = [
        field("name", name, "text", required=True, max_length=200),
        {"name": "applicant_id_no", **id_no},
        field("phone", Text("Số điện thoại", "Telephone"), "phone"),
        field("email", Text("Thư điện tử", "E-mail"), "email", max_length=200),
        field("address", Text("Địa chỉ", "Address"), "text", max_length=500),
    ]
    return Form.from_json({"id": "applicant", "sections": [{"fields": fields}]})


_PERSON_FORM = _applicant_form(
    Text("Họ và tên", "Full name"),
    {"label": {"vi": "Số định danh/CCCD", "en": "Personal number"}, "type": "id_no"},
)
_COMPANY_FORM = _applicant_form(
    Text("Tên tổ chức", "Name of the organisation"),
    {
        "label": {"vi": "Mã số thuế", "en": "Tax code"},
        "type": "id_no",
        "pattern": r"\d{10}(-\d{3})?|\d{12}",
        "hint": {"vi": "10 chữ số, hoặc 10-3 với chi nhánh", "en": "10 digits, or 10-3 for a branch"},
    },
)
_HOW_TO_REACH = Text(
    "Hãy nhập số giấy tờ hoặc số điện thoại; cả hai ô đang để trống.",
    "Enter an ID number or a telephone number; both are empty.",
)
