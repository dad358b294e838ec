"""Where a step goes: the unit that the diagram means, or its successor, and whether anybody is there.

A step that nobody can do is refused before it opens: otherwise the dossier would wait on a desk that does
not exist, and only the citizen would notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn.steps import StepSpec
from engine.domain.calendar import local_day
from engine.domain.reading import shown
from engine.domain.texts import Text
from engine.errors import Refused
from engine.store import units
from engine.store.rows import DossierRow, RoleRow, UnitRow
from engine.store.steps import Item
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.evaluation import evaluate
from engine.usecases.procedures import competent_at

AT_THE_COUNTER = frozenset({"receive", "wait_citizen", "return_result"})
RECEIVING, COMPETENT = "receiving", "competent"


class NoOneToDo(Refused):
    """The next step would go to a unit where nobody holds its role."""

    code = "no_one_to_do"
    vi = (
        "Bước tiếp theo “{step}” cần người có vai trò {role} tại {unit}, nhưng hiện chưa phân công ai. "
        "Hãy báo cán bộ CNTT phân công rồi làm lại; hồ sơ chưa thay đổi."
    )
    en = (
        "The next step “{step_en}” needs somebody with the role {role_en} at {unit}, but nobody is assigned. "
        "Ask the IT staff to assign one and try again; the dossier is unchanged."
    )


class ParticipantUnknown(Refused):
    """The diagram names another agency, and this installation has not said which unit that is."""

    code = "participant_unknown"
    vi = (
        "Bước tiếp theo “{step}” do cơ quan phối hợp “{participant}” thực hiện, nhưng quy trình chưa chỉ rõ "
        "đơn vị nào trong tỉnh. Hãy báo người xây dựng quy trình; hồ sơ chưa thay đổi."
    )
    en = (
        "The next step “{step_en}” belongs to the agency “{participant}”, but the procedure does not say "
        "which unit that is here. Tell the author of the procedure; the dossier is unchanged."
    )


class NoSuccessor(Refused):
    """The unit of the next step is closed and nobody is named to continue its work."""

    code = "no_successor"
    vi = (
        "Bước tiếp theo “{step}” thuộc {unit}, đơn vị này đã ngừng hoạt động và chưa có đơn vị tiếp nhận "
        "nhiệm vụ. Hãy báo cán bộ CNTT; hồ sơ chưa thay đổi."
    )
    en = (
        "The next step “{step_en}” belongs to {unit}, which has closed, and no unit continues its work. "
        "Tell the IT staff; the dossier is unchanged."
    )


class RuleNamesNoUnit(Refused):
    """The rule of the next step gives no unit for the answers of this dossier."""

    code = "rule_names_no_unit"
    vi = (
        "Bước tiếp theo “{step}” giao theo quy tắc “{rule}”. Quy tắc phải cho mã một đơn vị, hoặc mã địa bàn "
        "có đúng một đơn vị thẩm quyền, nhưng với hồ sơ này lại cho {found_vi}. Hãy báo người xây dựng quy "
        "trình; hồ sơ chưa thay đổi."
    )
    en = (
        "The next step “{step_en}” goes by the rule “{rule}”. It must give the code of a unit, or of a place "
        "with one competent unit, but gives {found} for this dossier. Tell the author of the procedure; the "
        "dossier is unchanged."
    )


def unit_of_step(case: Case, spec: StepSpec, names: Mapping[str, Any] | None = None) -> UnitRow:
    """Return the open unit that does this step of the dossier; `names` are those of a loop around it.

    Raises:
        ParticipantUnknown: If the diagram names an agency that has no unit here.
        RuleNamesNoUnit: If a rule gives nothing that is a unit.
        NoSuccessor: If its unit is closed and nobody continues its work.
    """
    unit, row = case.unit, case.row
    target = _ruled_unit(case, spec, names or {}) if spec.unit_rule else _named_unit(unit, row, spec)
    heir = units.successor(unit, target, local_day(unit.now), row.procedure_id)
    if heir is None:
        raise NoSuccessor("an open unit", "it closed without a successor", unit=target.name_vi, **_step(spec))
    return heir


def check_someone_is_there(unit: Unit, items: Iterable[Item]) -> None:
    """Check that every item has somebody who may do it.

    Raises:
        NoOneToDo: Naming the first step, role and unit without anybody.
    """
    items = [item for item in items if item.role]
    if not items:
        return
    held = units.held_roles(unit, {item.unit_id for item in items}, local_day(unit.now))
    for item in items:
        if item.role not in held[item.unit_id]:
            named = unit.session.get(RoleRow, item.role)
            raise NoOneToDo(
                f"somebody to hold {item.role}",
                "nobody does",
                role=named.name_vi if named else item.role,
                role_en=(named.name_en if named else "") or item.role,
                unit=units.get_unit(unit, item.unit_id).name_vi,
                step=item.name_vi,
                step_en=item.name_en or item.name_vi,
            )


def _named_unit(unit: Unit, row: DossierRow, spec: StepSpec) -> UnitRow:
    place = spec.unit or (RECEIVING if spec.kind in AT_THE_COUNTER else COMPETENT)
    if place == RECEIVING:
        is_return = spec.kind == "return_result"
        return units.get_unit(unit, row.return_unit_id if is_return else row.received_unit_id)
    if place == COMPETENT:
        return units.get_unit(unit, row.competent_unit_id)
    found = units.unit_by_code(unit, row.revision.participants.get(place, ""))
    if found is None:
        raise ParticipantUnknown(
            "a unit for the participant", "none is named", participant=place, **_step(spec)
        )
    return found


def _ruled_unit(case: Case, spec: StepSpec, names: Mapping[str, Any]) -> UnitRow:
    """Return what the rule's value names: a participant, a unit, or a place with a competent unit."""
    unit, row = case.unit, case.row
    value = evaluate(spec.unit_rule, {**case.context(), **names})
    found = None
    if isinstance(value, str) and value:
        code = row.revision.participants.get(value, value)
        found = units.unit_by_code(unit, code) or competent_at(unit, row.procedure_id, value)
    if found is None:
        said = shown(value)
        raise RuleNamesNoUnit(
            "the code of a unit or of a place", said.en, rule=spec.unit_rule, found_vi=said.vi, **_step(spec)
        )
    return found


def _step(spec: StepSpec) -> dict[str, str]:
    name: Text = spec.name
    return {"step": name.say("vi") or spec.id, "step_en": name.say("en") or spec.id}
